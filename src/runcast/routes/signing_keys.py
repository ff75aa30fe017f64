"""The keys by which others verify access tokens, as RFC 7517 wants them published."""

from fastapi import APIRouter, Response

from runcast.dependencies import Parts
from runcast.routes.operation_ids import operation_id
from runcast.schemas.signing_keys import Jwk, Jwks
from runcast.services.signing.signing_keys import public_text

# Far less than the hour for which a key is published before it signs.
_CACHED = "public, max-age=600"

router = APIRouter(
    prefix="/.well-known", tags=["accounts"], generate_unique_id_function=operation_id
)


@router.get("/jwks.json")
async def get_signing_keys(runtime: Parts, response: Response) -> Jwks:
    """List the public keys of access tokens: the active one, the next, and those that retire."""
    response.headers["Cache-Control"] = _CACHED
    keys = [Jwk(kid=key.kid, x=public_text(key.public)) for key in runtime.signing_keys.verifying()]
    return Jwks(keys=keys)
