"""What the ballot papers of a question say: who stands, how to mark; all alike when printed."""

from django.utils.translation import override

from awards.models import Question
from awards.papers.questions import title_of
from awards.tally import Mode, one_is_ticked
from blocks.numbers import two_digits
from blocks.paper_facts import BallotsFacts
from scoring.papers import block_facts, issuer_facts

ROOM = ((5, 4), (10, 2))  # up to so many candidates, so many papers on a page


def most_a_page(candidates: int) -> int:
    """How many papers with so many candidates fit on a page: 4, 2 or 1."""
    return next((papers for most, papers in ROOM if candidates <= most), 1)


def ballot_facts(question: Question, copies: int, a_page: int) -> BallotsFacts:
    """State the ballot papers of a question: so many copies, so many a page, if they fit."""
    with override("vi"):
        meeting = question.meeting
        season = meeting.season
        day = meeting.day
        names = [unit.name_on(day) for unit in question.standing_units()]
        return {
            "block": block_facts(season.block),
            "year": season.year,
            "issuer": issuer_facts(season.head, day),
            "illustrative": season.block.illustrative,
            "name": "Phiếu suy tôn" if question.award_id else "Phiếu bầu",
            "matter": title_of(question),
            "held": day.isoformat(),
            "round": question.round,
            "one_is_ticked": one_is_ticked(question.max_marks, len(names)),
            "named": question.mode == Mode.OPEN,
            "rule": rule_of(question, len(names)),
            "candidates": names,
            "copies": copies,
            "a_page": min(a_page, most_a_page(len(names))),
        }


def rule_of(question: Question, listed: int) -> str:
    """How the paper is marked, in its own words."""
    said = "Đánh dấu X vào một ô trên mỗi dòng."
    if one_is_ticked(question.max_marks, listed):
        said = "Đánh dấu X vào ô của không quá 01 đơn vị."
    elif question.max_marks is not None:
        said += f" Đánh dấu Đồng ý đối với không quá {two_digits(question.max_marks)} đơn vị."
    if not question.self_vote:
        said += " Đơn vị được đề nghị xét không bỏ phiếu cho chính mình."
    if question.mode == Mode.OPEN:
        return f"{said} Ghi tên đơn vị bỏ phiếu."
    return f"{said} Không ghi tên, không ký hoặc đánh dấu riêng trên phiếu."
