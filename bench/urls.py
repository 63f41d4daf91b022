"""The addresses of the application, and the bare view that a ballot is measured against."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from awards.models import Question
from bench.models import Bare
from emulation.urls import urlpatterns as ours


def bare(request: HttpRequest, pk: int) -> HttpResponse:
    """The least that could be called casting: one SELECT, one INSERT."""
    question = Question.objects.only("state").get(pk=pk)
    Bare.objects.create(question=question.pk, marks=[int(request.POST["mark"])])
    return redirect("home")


urlpatterns = [path("bare/<int:pk>/", bare), *ours]
