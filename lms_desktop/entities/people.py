"""People and the sessions they have open."""

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms_desktop.entities.base import Base, CreatedAt, Json, Moment, PrimaryKey, Reference, UpdatedAt


class User(Base):
    """A person who learns, teaches or administers; `role` says which.

    `password_hash` is never loaded along with the rest: reading it from an instance raises, a query has to name it.
    """

    __tablename__ = "users"

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(255), unique=True, index=True)
    password_hash: Mapped[str] = mapped_column(String(255), deferred=True, deferred_raiseload=True)
    full_name: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(50), default="student", index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    mfa_enabled: Mapped[bool] = mapped_column(default=False)
    profile_metadata: Mapped[dict[str, Any] | None] = mapped_column("metadata", Json)
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
    updated_at: Mapped[UpdatedAt]
    last_login_at: Mapped[Moment | None]
    email_verified_at: Mapped[Moment | None] = mapped_column(index=True)


class RefreshToken(Base):
    """A session of the web application. `token` is a secret and, like a password's hash, never loaded along."""

    __tablename__ = "refresh_tokens"

    id: Mapped[PrimaryKey]
    user_id: Mapped[Reference] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(String(500), unique=True, deferred=True, deferred_raiseload=True)
    expires_at: Mapped[Moment]
    revoked: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[Moment | None]
    created_at: Mapped[CreatedAt]
