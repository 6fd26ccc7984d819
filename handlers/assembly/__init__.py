"""Many congregations without a centre, which write each other letters in shared rooms (ASM-1 to ASM-5)."""
