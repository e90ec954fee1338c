"""How the embedded recogniser and its gazetteers are made; nothing here is needed to run Dateline."""
