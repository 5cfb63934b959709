"""People: registering, the profile, the e-mail address."""
