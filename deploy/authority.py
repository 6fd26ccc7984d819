"""A certificate authority for homeservers on loopback, so that they federate over verified TLS.

Synapse checks the certificate of every homeserver that it talks to. The authority lives in a
folder: who opens the same folder again, from any process, continues the same authority.
"""

import datetime
import fcntl
import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFE: Final = datetime.timedelta(days=3650)
_GRACE: Final = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Where a certificate and its private key lie, both PEM."""

    certificate: Path
    key: Path


class Authority:
    """Issues certificates for `localhost`; `certificate` is what the others must trust."""

    def __init__(self, folder: Path) -> None:
        """Open the authority in `folder`, or found it there."""
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate = folder / "authority.pem"
        self._key_file = folder / "authority.key"
        with _alone_in(folder):
            if not self.certificate.exists():
                self._found()
        self._key = _load_key(self._key_file)
        self._own = x509.load_pem_x509_certificate(self.certificate.read_bytes())

    def issue(self, folder: Path) -> Certificate:
        """Write `tls.pem` and `tls.key` for loopback into `folder`, if not yet there."""
        issued = Certificate(certificate=folder / "tls.pem", key=folder / "tls.key")
        if issued.certificate.exists():
            return issued
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        certificate = (
            _draft("localhost", issuer=self._own.subject, key=key)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage(
                    [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
                ),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        _write_key(issued.key, key)
        issued.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return issued

    def _found(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Loopback authority")
        certificate = (
            _draft("Loopback authority", issuer=name, key=key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write_key(self._key_file, key)
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that two processes do not found two authorities in it."""
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _draft(
    common: str, *, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _GRACE)
        .not_valid_after(now + _LIFE)
    )


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.touch(mode=0o600)
    file.write_bytes(pem)


def _load_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{file} is not an elliptic curve key.")
    return key
