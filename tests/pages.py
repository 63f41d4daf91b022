"""A page by its name, opened or posted to: the answer and its text."""

from html import unescape

from django.urls import reverse


def page(client, name, /, *arguments, query=""):
    response = client.get(reverse(name, args=arguments) + query)
    return response, unescape(response.content.decode())


def post(client, name, /, *arguments, **data):
    response = client.post(reverse(name, args=arguments), data)
    return response, unescape(response.content.decode())
