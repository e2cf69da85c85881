"""All dashboards, in the order of the README."""

import json

import cost
import errors_and_limits
import gateway_and_ledger
import latency
import overview
import project
import tokens_and_cache

BOARDS = [
    overview.BOARD, cost.BOARD, latency.BOARD, errors_and_limits.BOARD, tokens_and_cache.BOARD,
    gateway_and_ledger.BOARD, project.BOARD,
]


def text(board):
    """The file of a dashboard."""
    return json.dumps(board.json(), indent=2, ensure_ascii=False) + "\n"
