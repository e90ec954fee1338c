"""The contracts: message models, topics and the wire codec. Everything else imports this; it imports nothing of ours."""
