"""The operators' pages, under `/console`. Server-rendered; each works without JavaScript, and each state is a URL.

A page is one module in `pages/` and one template of the same name in `templates/`:

- The module has functions `(visit: Visit) -> Response`. They take values from `lienthong.operations` and give them to
  `render(visit, "sources.html", views=…)`. They run in threads of their own, so that they may ask the database.
  `visit.query(…)` and `visit.part(…)` are what the address states, `visit.form` what a form sent.
- `paths.py` has one line for each: method, path, the right it needs, the function, and for the menu its name and key.
  What does not stand there is not served. A form comes to its function only from a page of the same viewer.
- After a form the function answers `see_other(…)`, so that a reload does nothing twice. Whatever takes longer than a
  second is a job: `jobs.begin(visit, …)`, which has a page of its own.
- What cannot be done raises a `LienthongError`; its sentence is shown on a page of its own.

The template begins with `{% extends "base.html" %}` and `{% import "macros.html" as ui with context %}`:

- `{% block title %}` and `{% block page %}` are what a page has to give.
- Texts are `{{ message("…") }}`, numbers `{{ number(…) }}`; both are in the reader's language, from the catalogue.
- `{% call ui.table(caption, headings) %} rows {% endcall %}`; a heading that begins with `#` is that of numbers.
- `{{ ui.moment(instant) }}` is “3 minutes ago” with the exact time; `{{ ui.at(instant) }}` has the exact time first.
- `{{ ui.state("ok"|"warn"|"bad"|"idle", text) }}` is a state in words, with a mark of its own;
  `{{ ui.nothing(sentence) }}` states what would stand in an empty list; `{{ ui.facts([(name, value), …]) }}` is
  what one thing is.
- `{% call ui.form("/path", button) %} fields {% endcall %}` has the token, and the number that makes a second click the
  same act. `{{ ui.more(paging) }}` leads to the next page of a `Paging`.
- `{{ href("/dead", group=…) }}` makes an address. No personal data stands in one: such a search is a POST.

Nothing is loaded from elsewhere, and no script or style stands in a page: `static/style.css`, `static/console.js`.
"""
