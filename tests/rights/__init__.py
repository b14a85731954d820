"""Who may call what in AWS beside who does: the policies, and the calls that the tests see."""
