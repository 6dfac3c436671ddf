"""A passkey in software: it answers WebAuthn's two ceremonies as a phone or a key would (W3C Web Authentication, level 3)."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40


class Passkey:
    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.user_handle = b""
        self.counter = 0

    def register(self, options: dict[str, Any]) -> str:
        """The credential that the browser sends for `navigator.credentials.create(options)`."""
        public = options["publicKey"]
        self.user_handle = public["user"]["id"].encode()
        flags = USER_PRESENT | USER_VERIFIED | HAS_CREDENTIAL
        credential = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        credential += cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))  # type: ignore[no-untyped-call]
        data = self._authenticator_data(public["rp"]["id"], flags) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", public["challenge"])
        response = {"clientDataJSON": client_data, "attestationObject": attestation}
        return self._as_json(response, clientExtensionResults={"credProps": {"rk": True}})

    def sign(self, options: dict[str, Any]) -> str:
        """The assertion that the browser sends for `navigator.credentials.get(options)`."""
        public = options["publicKey"]
        self.counter += 1
        data = self._authenticator_data(public["rpId"], USER_PRESENT | USER_VERIFIED)
        client_data = self._client_data("webauthn.get", public["challenge"])
        signed = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": client_data, "authenticatorData": data, "signature": signed}
        return self._as_json(response, user_handle=True)

    def _authenticator_data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _as_json(self, response: dict[str, bytes], *, user_handle: bool = False, **more: Any) -> str:
        encoded: dict[str, Any] = {name: websafe_encode(value) for name, value in response.items()}
        if user_handle:
            encoded["userHandle"] = self.user_handle.decode()
        own = websafe_encode(self.credential_id)
        content = {"id": own, "rawId": own, "type": "public-key", "response": encoded}
        return json.dumps({"clientExtensionResults": {}, **content, **more})
