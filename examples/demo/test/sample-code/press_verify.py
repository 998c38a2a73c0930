"""The verification steps of PRESS's page "Signature Verification", in its order and with the functions it names.

Reads a JSON object a line: body (Base64), timestamp, signature, secret. Writes true or false for each.
"""
import base64
import hashlib
import hmac
import json
import sys
import time


def verify_webhook(raw_body: bytes, timestamp: str, signature: str, secret: str) -> bool:
    # Step 3: reject a timestamp more than 5 minutes from the current time.
    if abs(time.time() - int(timestamp)) > 300:
        return False
    # Step 4: timestamp + "." + raw_body, HMAC-SHA256 under the signing key.
    signed = timestamp.encode("utf-8") + b"." + raw_body
    expected = hmac.new(secret.encode("utf-8"), signed, hashlib.sha256).hexdigest()
    # Step 5: constant-time comparison.
    return hmac.compare_digest(expected, signature)


for line in sys.stdin:
    delivery = json.loads(line)
    body = base64.b64decode(delivery["body"])
    accepted = verify_webhook(body, delivery["timestamp"], delivery["signature"], delivery["secret"])
    print(json.dumps(accepted))
