"""The doctor: says in plain words what is wrong with an installation, and what to do next."""

from shopcast.operate.doctor.examination import examine
from shopcast.operate.doctor.finding import Finding

__all__ = ["Finding", "examine"]
