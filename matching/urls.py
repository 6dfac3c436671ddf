from django.urls import path

from matching.views import introductions, lanes, mandates, matches

ONE = "introductions/<uuid:introduction_id>/"
PAIR = "mandates/<uuid:mandate_id>/matches/<uuid:listing_id>/"

urlpatterns = [
    path("mandates/", mandates.MandateList.as_view(), name="mandates"),
    path("mandates/<uuid:mandate_id>/", mandates.MandateDetail.as_view(), name="mandate"),
    path("mandates/<uuid:mandate_id>/stop-alerts/", mandates.MandateStopAlerts.as_view(), name="mandate-stop-alerts"),
    path("mandates/<uuid:mandate_id>/matches/", matches.MandateMatches.as_view(), name="mandate-matches"),
    path(PAIR, matches.MatchDetail.as_view(), name="match"),
    path(f"{PAIR}feedback/", matches.MatchFeedback.as_view(), name="match-feedback"),
    path("listings/<uuid:listing_id>/matches/", matches.ListingMatches.as_view(), name="listing-matches"),
    path("listings/<uuid:listing_id>/acceptance/", matches.ListingAcceptance.as_view(), name="listing-acceptance"),
    path("listings/<uuid:listing_id>/lenders/", lanes.ListingLenders.as_view(), name="listing-lenders"),
    path("matching/search/", matches.MatchingSearch.as_view(), name="matching-search"),
    path("matching/statistics/", matches.MatchingStatistics.as_view(), name="matching-statistics"),
    path("introductions/", introductions.IntroductionList.as_view(), name="introductions"),
    path(ONE, introductions.IntroductionDetail.as_view(), name="introduction"),
    path(f"{ONE}moves/", introductions.IntroductionMoves.as_view(), name="introduction-moves"),
    path(f"{ONE}approve/", introductions.IntroductionApprove.as_view(), name="introduction-approve"),
    path(f"{ONE}decline/", introductions.IntroductionDecline.as_view(), name="introduction-decline"),
    path(f"{ONE}withdraw/", introductions.IntroductionWithdraw.as_view(), name="introduction-withdraw"),
    path(f"{ONE}suspend/", introductions.IntroductionSuspend.as_view(), name="introduction-suspend"),
    path(f"{ONE}resume/", introductions.IntroductionResume.as_view(), name="introduction-resume"),
    path(f"{ONE}revoke/", introductions.IntroductionRevoke.as_view(), name="introduction-revoke"),
    path(f"{ONE}open-room/", introductions.IntroductionOpenRoom.as_view(), name="introduction-open-room"),
    path(f"{ONE}messages/", introductions.IntroductionMessages.as_view(), name="introduction-messages"),
    path(
        f"{ONE}messages/<uuid:message_id>/report/",
        introductions.MessageReportCreate.as_view(),
        name="introduction-message-report",
    ),
    path(f"{ONE}nda/", introductions.IntroductionNda.as_view(), name="introduction-nda"),
    path(f"{ONE}nda/code/", introductions.IntroductionNdaCode.as_view(), name="introduction-nda-code"),
    path(f"{ONE}nda/sign/", introductions.IntroductionNdaSign.as_view(), name="introduction-nda-sign"),
    path(f"{ONE}nda/pdf/", introductions.IntroductionNdaPdf.as_view(), name="introduction-nda-pdf"),
    path(f"{ONE}letters/", introductions.IntroductionLetters.as_view(), name="introduction-letters"),
    path("letters/<uuid:letter_id>/accept/", introductions.LetterAccept.as_view(), name="letter-accept"),
    path("letters/<uuid:letter_id>/decline/", introductions.LetterDecline.as_view(), name="letter-decline"),
    path("letters/<uuid:letter_id>/withdraw/", introductions.LetterWithdraw.as_view(), name="letter-withdraw"),
    path(
        "organisations/<uuid:organisation_id>/nda-texts/",
        introductions.OrganisationNdaText.as_view(),
        name="organisation-nda-texts",
    ),
    path("loan-products/", lanes.LoanProductList.as_view(), name="loan-products"),
    path("loan-products/<uuid:product_id>/", lanes.LoanProductDetail.as_view(), name="loan-product"),
]
