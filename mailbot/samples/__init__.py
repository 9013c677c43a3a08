"""Mail that `mailbot demo` sends: invented people, invented companies."""
