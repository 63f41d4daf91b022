"""The project: settings, permissions and the floor its views share."""
