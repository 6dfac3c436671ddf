"""The desk's pages and their addresses, below /admin/."""

from typing import Any

from adminpanel.pages import breaches, colleagues, documents, lists, numbers, people, valuations, work

PAGES: tuple[tuple[str, Any, str], ...] = (
    ("queues/<slug:queue>/", work.queue, "work"),
    ("queues/<slug:queue>/next/", work.next_one, "work-next"),
    ("queues/<slug:queue>/bulk/", work.bulk, "work-bulk"),
    ("queues/<slug:queue>/<uuid:item_id>/", work.item, "work-item"),
    ("decisions/", work.decisions, "decisions"),
    ("documents/<uuid:document_id>/", documents.open_document, "open-document"),
    ("documents/<uuid:document_id>/<int:number>/", documents.picture, "document-page"),
    ("merges/", documents.merges, "merges"),
    ("valuations/<uuid:valuation_id>/", valuations.desk, "valuation-desk"),
    ("valuations/<uuid:first_id>/beside/<uuid:second_id>/", valuations.compare, "valuation-compare"),
    ("numbers/", numbers.numbers, "numbers"),
    ("numbers/<slug:measure>/", numbers.measure, "measure"),
    ("funnel/", numbers.funnel, "funnel"),
    ("system/", numbers.system, "system"),
    ("people/", people.search, "people"),
    ("people/<uuid:user_id>/", people.person, "person"),
    ("people/<uuid:user_id>/task/", people.person_task, "person-task"),
    ("people/<uuid:user_id>/act/", people.person_act, "person-act"),
    ("people/<uuid:user_id>/merges/<uuid:merge_id>/undo/", people.undo_merge, "person-undo-merge"),
    ("people/<uuid:user_id>/eyes/", people.look, "look"),
    ("people/<uuid:user_id>/eyes/end/", people.look_end, "look-end"),
    ("tasks/", people.tasks, "tasks"),
    ("exports/", lists.sheets, "sheets"),
    ("exports/ask/", lists.ask, "sheet-ask"),
    ("exports/<uuid:sheet_id>/progress/", lists.progress, "sheet-progress"),
    ("exports/<uuid:sheet_id>/fetch/", lists.fetch, "sheet-fetch"),
    ("views/save/", lists.save_view, "view-save"),
    ("views/<uuid:view_id>/drop/", lists.drop_view, "view-drop"),
    ("breaches/", breaches.breaches, "breaches"),
    ("breaches/<uuid:breach_id>/", breaches.breach, "breach"),
    ("colleagues/", colleagues.colleagues, "colleagues"),
    ("colleagues/new/", colleagues.hire, "hire"),
    ("colleagues/<uuid:user_id>/", colleagues.colleague, "colleague"),
    ("proposals/<uuid:proposal_id>/withdraw/", colleagues.withdraw, "proposal-withdraw"),
    ("token/", colleagues.token, "token"),
    ("presence/", colleagues.presence, "presence"),
)
