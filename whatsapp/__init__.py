"""The marketplace in a chat. It owns no business rule: everything is asked of or told to the apps below it."""
