"""Who may do what: how somebody stands to a thing, and the one table of what that allows. Pure.

What an API key was made for is asked besides (`runcast.scopes`).
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from runcast.errors import Forbidden, NotFound, Unauthenticated
from runcast.services.principals import Principal, Shared, Viewer


class Role(StrEnum):
    """What a member is in a team."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    OWNER = "owner"


class Right(StrEnum):
    """What may be done to an item, an execution or a team."""

    SEE = "see"
    START = "start"
    ACT = "act"
    """Answer, signal, cancel."""
    WRITE = "write"
    """Make and change items."""
    PUBLISH = "publish"
    """Let those in who have no right of their own: visibility, share links."""
    DELETE = "delete"
    MANAGE = "manage"
    """The team's name, its members, and who is invited."""


class Relation(StrEnum):
    """How somebody stands to a thing; several may hold at once."""

    OWNER = "owner"
    """It is theirs, and no team's."""
    TEAM_VIEWER = "team viewer"
    TEAM_OPERATOR = "team operator"
    TEAM_OWNER = "team owner"
    ADMINISTRATOR = "administrator"
    """They act as an administrator, which nobody does by a key."""
    SHARED = "shared"
    """They have a link to it."""
    PUBLIC = "public"
    """Anybody may."""


_ALL = frozenset(Right)
_WATCH = frozenset({Right.SEE})
RIGHTS: dict[Relation, frozenset[Right]] = {
    Relation.OWNER: _ALL,
    Relation.TEAM_VIEWER: _WATCH,
    Relation.TEAM_OPERATOR: frozenset({Right.SEE, Right.START, Right.ACT, Right.WRITE}),
    Relation.TEAM_OWNER: _ALL,
    Relation.ADMINISTRATOR: frozenset({Right.SEE, Right.ACT, Right.MANAGE}),
    Relation.SHARED: _WATCH,
    Relation.PUBLIC: _WATCH,
}
RELATIONS = {
    Role.VIEWER: Relation.TEAM_VIEWER,
    Role.OPERATOR: Relation.TEAM_OPERATOR,
    Role.OWNER: Relation.TEAM_OWNER,
}
# Those who are told who owns it, and who did what.
_INSIDERS = frozenset(Relation) - {Relation.SHARED, Relation.PUBLIC}


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked about an item, an execution or a team before anything is done to it.

    Attributes:
        owner_id: whose it is where it is no team's; there, who made it, which gives no right.
        role: what the viewer is in its team; None for no member.
        execution_id: which execution it is, if it is one.
    """

    owner_id: UUID | None = None
    team_id: UUID | None = None
    role: str | None = None
    is_public: bool = False
    execution_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one viewer stands to one thing."""

    relations: frozenset[Relation]

    def may(self, right: Right) -> bool:
        """Tell whether any relation allows it."""
        return any(right in RIGHTS[relation] for relation in self.relations)

    @property
    def is_insider(self) -> bool:
        """Whether they are told who owns the thing, and who did what to it."""
        return not self.relations.isdisjoint(_INSIDERS)

    def only_as_administrator(self, right: Right) -> bool:
        """Tell whether nothing allows it but that they are an administrator."""
        others = Standing(self.relations - {Relation.ADMINISTRATOR})
        return self.may(right) and not others.may(right)


OWN = Standing(frozenset({Relation.OWNER}))
AS_ADMINISTRATOR = Standing(frozenset({Relation.ADMINISTRATOR}))


def standing(viewer: Viewer | None, thing: Thing | None) -> Standing:
    """Return how a viewer stands to a thing; to one that does not exist, in no way."""
    if thing is None:
        return Standing(frozenset())
    found = {Relation.PUBLIC} if thing.is_public else set()
    if isinstance(viewer, Principal):
        found |= _personal(viewer, thing)
    elif isinstance(viewer, Shared) and viewer.execution_id == thing.execution_id:
        found.add(Relation.SHARED)
    return Standing(frozenset(found))


def permit(viewer: Viewer | None, thing: Thing | None, right: Right, noun: str) -> Standing:
    """Return how a viewer stands to a thing, if they may do this to it.

    Args:
        noun: what to call it in a refusal.

    Raises:
        Unauthenticated: nobody is signed in, and it is not public, or there is none.
        NotFound: they may not see it, or there is none.
        Forbidden: they may see it, and not do this.
    """
    found = standing(viewer, thing)
    if not found.may(Right.SEE):
        raise Unauthenticated if viewer is None else NotFound(f"no such {noun}")
    if not found.may(right):
        verb = "act on" if right is Right.ACT else right
        raise Forbidden(f"you may see this {noun}, and not {verb} it")
    return found


def _personal(viewer: Principal, thing: Thing) -> set[Relation]:
    found = set()
    if thing.team_id is None and thing.owner_id == viewer.user_id:
        found.add(Relation.OWNER)
    if thing.team_id is not None and thing.role is not None:
        found.add(RELATIONS[Role(thing.role)])
    if viewer.is_admin:
        found.add(Relation.ADMINISTRATOR)
    return found
