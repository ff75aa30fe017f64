"""The peer of `item_reads`: a plain FastAPI with the SQLAlchemy ORM, as its documentation writes it."""

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import JSON
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

KEY = "a key of the benchmark, long enough to sign with"
engine = create_async_engine("sqlite+aiosqlite:///peer.db")
sessions = async_sessionmaker(engine, expire_on_commit=False)
scheme = OAuth2PasswordBearer(tokenUrl="token")


class Base(DeclarativeBase):
    """The tables."""


class User(Base):
    """A person."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]


class Item(Base):
    """A document."""

    __tablename__ = "items"
    id: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[str]
    name: Mapped[str]
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", JSON)


class ItemOut(BaseModel):
    """A document on the wire."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    owner_id: str
    name: str
    metadata_: dict[str, Any]


async def get_db() -> AsyncIterator[AsyncSession]:
    """Yield a session."""
    async with sessions() as session:
        yield session


Db = Annotated[AsyncSession, Depends(get_db)]


async def current_user(db: Db, token: Annotated[str, Depends(scheme)]) -> User:
    """Return who asks."""
    claims = jwt.decode(token, KEY, algorithms=["HS256"])
    user = await db.get(User, claims["sub"])
    if user is None:
        raise HTTPException(401)
    return user


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Make one user and one item; leave their names for the benchmark."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    user, item = str(uuid.uuid4()), str(uuid.uuid4())
    document = {"input": {"folder": "."}, "tags": ["a", "b"], "size": 3}
    async with sessions.begin() as session:
        session.add(User(id=user, email="a@example.com"))
        session.add(Item(id=item, owner_id=user, name="one", metadata_=document))
    expiry = datetime.now(UTC) + timedelta(hours=1)
    token = jwt.encode({"sub": user, "exp": expiry}, KEY, algorithm="HS256")
    await asyncio.to_thread(
        Path("peer.json").write_text, json.dumps({"token": token, "item": item})
    )
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/items/{item_id}", response_model=ItemOut)
async def read_item(item_id: str, db: Db, user: Annotated[User, Depends(current_user)]) -> Item:
    """Read one item."""
    item = await db.get(Item, item_id)
    if item is None or item.owner_id != user.id:
        raise HTTPException(404)
    return item


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
