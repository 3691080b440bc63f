import shell
shell.empty("domain","soon","soon")
