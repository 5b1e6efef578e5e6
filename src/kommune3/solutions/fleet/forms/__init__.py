# SPDX-License-Identifier: MPL-2.0
"""What is asked of the user, with each default explained."""

from kommune3.solutions.fleet.forms.counts import CountsForm, RangesForm
from kommune3.solutions.fleet.forms.runs import CompareForm, DescribeForm, RunForm, SimulationForm
from kommune3.solutions.fleet.forms.trips import CommitForm, ImportForm
from kommune3.solutions.fleet.forms.vehicles import BaseForm, ModelForm, RateForm, VehicleForm

__all__ = [
    "BaseForm",
    "CommitForm",
    "CompareForm",
    "CountsForm",
    "DescribeForm",
    "ImportForm",
    "ModelForm",
    "RangesForm",
    "RateForm",
    "RunForm",
    "SimulationForm",
    "VehicleForm",
]
