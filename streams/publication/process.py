"""How a request is handled, told to the public as the gate does it; and what the gate cannot see.

State Auditor 2019-118, recommendation 18: list the entities, and the process for handling requests.
"""

from streams.policy.durations import duration_words
from streams.policy.policy_in_force import PolicyInForce

# What no gate in the path of requests can see; said wherever its lists are shown.
UNSEEN = (
    (
        "Sharing that is switched on inside a vendor's own product. This list shows what passes the "
        "gate; the vendor's list of shares has to be compared with it by other means."
    ),
    "What a recipient does with information once it has it. The agreements forbid passing it on.",
    "Searches that the agency's own staff make inside a vendor's product.",
    (
        "Requests that came another way and were answered another way. Court orders, subpoenas and "
        "public-records requests are counted here when they were disclosed through the gate."
    ),
)


def process(policy: PolicyInForce) -> tuple[str, ...]:
    """Return the steps under this policy."""
    rules = policy.policy
    case = ", and a case number" if rules.require_case_number else ""
    return (
        (
            "An agency asks in its own name. The request says who asks and for which agency, for what "
            f"purpose and why, which kind of information, which plate or records, and which time{case}."
        ),
        (
            "Whoever asks is authenticated. Nobody can ask for somebody else: what an agency would pass on "
            "is refused, or held until a person of this agency has looked at it."
        ),
        (
            "The recipient must be a public agency of California whose legal class this agency has "
            "verified. Federal agencies, agencies of other states, private bodies and shared pools are "
            "refused, whatever they ask for."
        ),
        (
            "The purpose must be one that the policy authorises. Commercial use, immigration enforcement "
            "and the investigation of protected health care are refused."
        ),
        (
            "A written agreement with that agency must be in force. It must be reviewed, forbid passing the "
            "information on, and cover the purpose, the kind of information, the networks and the age of "
            "what is asked for."
        ),
        (
            f"Information older than {duration_words(rules.visible_for)} is not released unless it is held "
            f"as evidence, and no request may search more than {duration_words(rules.max_window)} at once."
        ),
        (
            "The answer says whether the request was forwarded, blocked or held, and why, with the rule for "
            f"each reason. A held request waits {duration_words(rules.hold_deadline)} for what is missing or "
            "for a reviewer, and is then blocked."
        ),
        (
            "Legal process (a subpoena, a warrant, a court order, discovery) has its own way. The agency's "
            "counsel signs which records exactly are disclosed, by which document and for whom. No agreement "
            "is needed for it, and it opens none. A public-records request gets numbers and no plate."
        ),
        (
            "Every request and its decision stand in a record that cannot be changed unseen, apart from any "
            "vendor's system. Nothing leaves without such a record."
        ),
    )
