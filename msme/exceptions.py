"""What msme refuses."""

from msmebazaar.core.exceptions import N_, Conflict, InvalidInput, NotFound, Unprocessable


class BusinessNotFound(NotFound):
    code = "msme.business_not_found"
    title = N_("Business not found")
    default_detail = N_("There is no such business.")


class BusinessInvalid(InvalidInput):
    code = "msme.business_invalid"
    title = N_("Business not consistent")
    default_detail = N_("Some facts of the business do not fit together; see each field.")


class BusinessKnown(Conflict):
    code = "msme.business_known"
    title = N_("Business already registered")
    default_detail = N_("You have already registered a business with this GSTIN.")


class FinancialsInvalid(InvalidInput):
    code = "msme.financials_invalid"
    title = N_("Figures not consistent")
    default_detail = N_("Some figures do not fit together; see each field.")


class FinancialsKnown(Conflict):
    code = "msme.financials_known"
    title = N_("Year already entered")
    default_detail = N_("Figures of %(year)s are already there. Change them instead of adding them again.")


class ListingNotFound(NotFound):
    code = "msme.listing_not_found"
    title = N_("Listing not found")
    default_detail = N_("There is no such listing.")


class IllegalMove(Conflict):
    code = "msme.illegal_move"
    title = N_("Not possible in this state")
    default_detail = N_("This listing is “%(now)s”; it cannot become “%(wanted)s”.")


class ListingInvalid(InvalidInput):
    code = "msme.listing_invalid"
    title = N_("Listing not consistent")
    default_detail = N_("Some terms do not fit what is offered; see each field.")


class ListingNotEditable(Conflict):
    code = "msme.listing_not_editable"
    title = N_("Listing cannot be changed now")
    default_detail = N_("This listing is “%(now)s” and cannot be changed.")


class PriceSlip(Unprocessable):
    """A price that is a multiple of the one before; asked about, not swallowed."""

    code = "msme.price_slip"
    title = N_("Is this the right unit?")
    default_detail = N_(
        "The price was %(before)s and would become %(after)s. If that is meant, send it again with confirm."
    )


class PriceUnchanged(Conflict):
    code = "msme.price_unchanged"
    title = N_("Same price")
    default_detail = N_("This is the price already.")


class ListingNotPublishable(Unprocessable):
    code = "msme.listing_not_publishable"
    title = N_("Listing not ready")
    default_detail = N_("The listing is not ready to be submitted; see each point.")


class SavedSearchNotFound(NotFound):
    code = "msme.saved_search_not_found"
    title = N_("Saved search not found")
    default_detail = N_("There is no such saved search.")


class TooManySavedSearches(Conflict):
    code = "msme.too_many_saved_searches"
    title = N_("Too many saved searches")
    default_detail = N_("You have %(limit)s saved searches. Delete one first.")


class DocumentNotFound(NotFound):
    code = "msme.document_not_found"
    title = N_("Document not found")
    default_detail = N_("There is no such document.")


class DocumentInvalid(InvalidInput):
    code = "msme.document_invalid"
    title = N_("Document not taken")
    default_detail = N_("This file cannot be taken; see each point.")


class DocumentMissing(Conflict):
    code = "msme.document_missing"
    title = N_("File not there")
    default_detail = N_("The file has not arrived yet. Send it with the form you were given, then say so again.")


class DocumentNotReady(Conflict):
    code = "msme.document_not_ready"
    title = N_("Document cannot be read now")
    default_detail = N_("This document is “%(now)s”.")


class TooManyDocuments(Conflict):
    code = "msme.too_many_documents"
    title = N_("Too many documents")
    default_detail = N_("This business has %(limit)s documents. Remove one first.")


class PairNotFound(NotFound):
    code = "msme.pair_not_found"
    title = N_("Pair not found")
    default_detail = N_("There is no such pair of businesses.")


class PairDecided(Conflict):
    code = "msme.pair_decided"
    title = N_("Already decided")
    default_detail = N_("Somebody has decided on these two: “%(now)s”.")


class MergeNotFound(NotFound):
    code = "msme.merge_not_found"
    title = N_("Merge not found")
    default_detail = N_("There is no such merge, or it was taken back already.")


class SheetUnreadable(InvalidInput):
    code = "msme.sheet_unreadable"
    title = N_("File not understood")
    default_detail = N_("The file could not be read as a table of yearly figures.")


class ImportNotFound(NotFound):
    code = "msme.import_not_found"
    title = N_("Import not found")
    default_detail = N_("There is no such import.")


class PaperReviewed(Conflict):
    code = "msme.paper_reviewed"
    title = N_("Already reviewed")
    default_detail = N_("Somebody has reviewed this paper: “%(now)s”.")


class ReviewNotTakenBack(Conflict):
    code = "msme.review_not_taken_back"
    title = N_("Cannot be taken back")
    default_detail = N_("The listing has gone on since; it is “%(now)s”.")


class NoPicture(Conflict):
    code = "msme.no_picture"
    title = N_("No picture")
    default_detail = N_("Spreadsheets and texts cannot be shown as pictures; fetch the file.")
