"""Health and metrics over HTTP, for those who operate the daemon. It shows counts and ages, never content."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from daemon.clock import Clock
from storage.inbox import Heard, Kind, Settled
from storage.outbox import Delivery, Owed

#: A daemon that has not heard its homeserver for so long is not ready.
DEAF = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Vitals:
    """What can be said about the daemon's health."""

    heard_at: datetime | None
    caught_up: bool
    counts: dict[str, int]


def _age(now: datetime, then: object) -> float:
    """Seconds since `then`; nought when there is no such instant."""
    return max(0.0, (now - then).total_seconds()) if isinstance(then, datetime) else 0.0


async def metrics(vitals: Vitals, now: datetime) -> bytes:
    """The metrics in Prometheus' text format."""
    registry = CollectorRegistry()

    def gauge(name: str, help: str, value: float) -> None:
        Gauge(f"kinkeeper_{name}", help, registry=registry).set(value)

    waiting = Heard.filter(state=Settled.WAITING, at__lte=now)
    oldest = await waiting.order_by("at").first().values_list("at", flat=True)
    gauge(
        "inbox_oldest_seconds", "Age of the oldest row that waits to be settled.", _age(now, oldest)
    )
    gauge("inbox_waiting", "Rows that wait to be settled.", await waiting.count())
    gauge(
        "inbox_sealed",
        "Rows whose key has not come.",
        await Heard.filter(state=Settled.SEALED).count(),
    )
    ahead = Heard.filter(state=Settled.WAITING, kind=Kind.HOUR, at__gt=now)
    gauge("hours_ahead", "Hours written ahead.", await ahead.count())
    owed = Owed.filter(state=Delivery.OWED)
    oldest = await owed.order_by("id").first().values_list("made_at", flat=True)
    gauge("outbox_oldest_seconds", "Age of the oldest row that is owed.", _age(now, oldest))
    gauge("outbox_owed", "Rows that are owed.", await owed.count())
    wedged = Owed.filter(state=Delivery.WEDGED)
    gauge("outbox_wedged", "Rows the homeserver refused.", await wedged.count())
    gauge("sync_lag_seconds", "Time since the last sync was stored.", _age(now, vitals.heard_at))
    totals = ("sent", "limited", "wedged", "settled", "refused", "failed", "late")
    for name in totals:
        help_text = f"Rows {name} since the start."
        gauge(f"{name}_since_start", help_text, vitals.counts.get(name, 0))
    return generate_latest(registry)


def application(clock: Clock, vitals: Callable[[], Vitals]) -> web.Application:
    """The pages: /healthz (alive, database answers), /readyz (listening), /metrics."""

    async def healthz(_request: web.Request) -> web.Response:
        await Owed.all().limit(1).count()
        return web.json_response({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        now = vitals()
        lag = _age(clock.now(), now.heard_at)
        ready = now.caught_up and lag < DEAF.total_seconds()
        body = {"status": "ready" if ready else "not ready", "sync_lag_seconds": round(lag, 1)}
        return web.json_response(body, status=200 if ready else 503)

    async def show_metrics(_request: web.Request) -> web.Response:
        return web.Response(
            body=await metrics(vitals(), clock.now()),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    app = web.Application()
    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", show_metrics),
        ]
    )
    return app


async def serve(app: web.Application, host: str, port: int) -> Callable[[], Awaitable[None]]:
    """Listen; returns what closes it again."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner.cleanup
