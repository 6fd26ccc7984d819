"""What microsolidarity is: rules as pure functions, with no Matrix, no database and no clock.

Everything here promises that the same arguments give the same answer, for ever: the present
moment, the time zone and the sizes of circles always come in as arguments.
"""
