"""The feed is told of beside the endpoints, and an application's own models keep their names."""

from pydantic import BaseModel

from runcast import Runcast


class LagFrame(BaseModel):
    """A model of an application that is called as one of the feed's."""

    mine: bool


def test_frames_and_events_are_components() -> None:
    schemas = Runcast().openapi()["components"]["schemas"]
    assert {"$ref": "#/components/schemas/HelloFrame"} in schemas["ServerFrame"]["anyOf"]
    assert schemas["ProgressEvent"]["properties"]["kind"]["const"] == "progress"


def test_a_model_of_the_applications_own_is_not_replaced() -> None:
    app = Runcast()

    @app.get("/mine")
    async def mine() -> LagFrame:
        return LagFrame(mine=True)

    assert "mine" in app.openapi()["components"]["schemas"]["LagFrame"]["properties"]


def test_every_reference_leads_somewhere() -> None:
    document = Runcast().openapi()
    referred = set(_references(document))
    assert referred <= {f"#/components/schemas/{n}" for n in document["components"]["schemas"]}


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in _references(value)]
    if isinstance(node, list):
        return [found for value in node for found in _references(value)]
    return []
