"""Amounts in words (大写), as receipts and notices have them, so that nobody adds a digit."""

import re
from typing import Final

from cadreledger.errors import ExtraMissingError, InputError
from cadreledger.values.money import Money

__all__ = ["in_words"]

# Of 200001000.00 cn2an makes 贰亿壹仟元整: the rules let the 零 go, but said aloud that is 210 million.
_DROPPED_ZERO: Final = re.compile(r"亿(?=.仟[^万]*元)")


def in_words(amount: Money) -> str:
    """``amount`` in words: 壹仟贰佰柒拾伍元整 for 1275.00, 壹仟零伍元零伍分 for 1005.05, 负柒元肆角 for -7.40.

    Follows 《正确填写票据和结算凭证的基本规定》 (appendix 1 of 《支付结算办法》): 整 after 元 alone, 零 for zeros in
    between, and before 分 where there is no 角; no 零 before 角, where it may be left out.
    Raises ExtraMissingError without cn2an, InputError for anything but Money.
    """
    if not isinstance(amount, Money):
        raise InputError("an amount in words is of money", "Money", type(amount).__name__, "Use yuan('8.50').")
    try:
        from cn2an import an2cn  # type: ignore[import-untyped] # noqa: PLC0415 - an optional dependency
    except ImportError:
        raise ExtraMissingError(
            "writing an amount in words needs cn2an", hint="Install it with: pip install 'cadreledger[disclosure]'"
        ) from None
    words: str = an2cn(str(amount), "rmb")  # text in, so that no float is ever made of it
    return _DROPPED_ZERO.sub("亿零", words)
