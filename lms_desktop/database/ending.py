"""How a transaction ends that has only read, on the driver's own connection."""

from time import monotonic
from typing import Any

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INERROR, TRANSACTION_STATUS_INTRANS
from sqlalchemy import Connection


def end_reading(connection: Connection, driver: Any) -> float | None:
    """Leave the transaction, if one is open; how many seconds the server took, where it was asked. Where that fails the
    connection is given up: what was read is as good as before."""
    began = asked = monotonic()
    try:
        if not (connection.invalidated or driver.closed):
            if driver.info.transaction_status != TRANSACTION_STATUS_IDLE:
                roll_back(driver)
                asked = monotonic()
            driver.autocommit = False
    except psycopg2.Error:
        connection.invalidate()
    return asked - began or None


def is_open(driver: Any) -> bool:
    """Whether a transaction is open, as far as this side knows."""
    return driver.info.transaction_status in (TRANSACTION_STATUS_INTRANS, TRANSACTION_STATUS_INERROR)


def roll_back(driver: Any) -> None:
    """Leave a transaction that the driver did not begin itself."""
    with driver.cursor() as cursor:
        cursor.execute("ROLLBACK")
