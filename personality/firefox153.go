package personality

import (
	"time"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// Firefox153 is Firefox ESR 153.7.0 on Debian 12, headless.
var Firefox153 = &Personality{
	Name:    "firefox",
	Version: "Firefox ESR 153.7.0",
	words:   firefoxWords{},
	Cookies: cookie.Policy{
		Unset: cookie.UnsetNone, Schemeless: true, AnswersForgiven: true, ThirdParty: cookie.ThirdPartyPartition, Partitioned: true,
		LoopbackIsSecure: true, Nameless: cookie.NamelessName, ValuesAreUTF8: true, LastCounts: true,
		AgeSyntax: cookie.AgeMinus, Dates: cookie.DatesLoose, PerSite: 180, SiteKeeps: 150,
	},
	Quirks: engine.Quirks{
		Safelist: fetchspec.Safelist{NonASCIIUnsafe: true, StrictParameters: true, RangeMax: 1<<64 - 1, NoTotal: true, RepeatedNames: true},
		Opening: []engine.OpeningCheck{
			engine.OpenSameOriginMode, engine.OpenLocalResource, engine.OpenNoCORSRedirect, engine.OpenScheme,
			engine.OpenMixedContent, engine.OpenBadPort,
		},
		Redirect: []engine.RedirectCheck{
			engine.RedirectVeto, engine.RedirectCORS, engine.RedirectCORP, engine.RedirectModeError,
			engine.RedirectModeManual, engine.RedirectLocation, engine.RedirectScheme, engine.RedirectCount,
			engine.RedirectCredentials, engine.RedirectStream,
		},
		Veto: []engine.OpeningCheck{engine.OpenUnsafeScheme, engine.OpenSameOriginMode, engine.OpenLocalResource, engine.OpenMixedContent},
		Preflight: []engine.PreflightCheck{
			engine.PreflightCORS, engine.PreflightRedirect, engine.PreflightStatus, engine.PreflightMethodsSyntax,
			engine.PreflightMethod, engine.PreflightHeadersSyntax, engine.PreflightHeaders,
		},
		PreflightHeaders: []string{"Accept", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Referer", "Origin", "Sec-Fetch-Storage-Access", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site"},
		RequestHeaders:   []string{"Accept", "Range", "Referer", "", "Origin", "Sec-Fetch-Storage-Access", "Cookie", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Content-Length"},

		StreamBodies:     engine.StreamStringify,
		LocalSchemes:     []string{"file", "view-source", "resource"},
		Location:         engine.LocationPercentControls,
		SeveralLocations: engine.LocationsConflict,
		Accept: map[fetchspec.Destination]string{
			fetchspec.DestinationImage: "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
			fetchspec.DestinationFont:  "application/font-woff2;q=1.0,application/font-woff;q=0.9,*/*;q=0.8",
		},
		StorageAccessUntainted:  true,
		StorageAccessQuiet:      true,
		StorageAccessWindows:    true,
		StorageAccessOrigin:     true,
		PreflightStorageAccess:  true,
		PreloadFontsCORS:        true,
		PreloadsNoTracks:        true,
		PreloadsIdle:            firefoxIdle,
		PreloadEvents:           true,
		HTTP2Header:             fetchspec.Header{Name: "X-Firefox-Spdy", Value: "h2"},
		ExposeUpToInvalid:       true,
		OtherPolicyAllows:       true,
		MixedByURL:              true,
		SizeNeeded:              true,
		WAVE:                    engine.WAVESamples,
		AboutBlankStyles:        true,
		PartialWithoutRange:     true,
		HTTP2TimeoutFails:       true,
		XHRCharset:              engine.XHRCharsetSent,
		ReferrerNeedsHTTPS:      true,
		PreflightSite:           engine.PreflightSiteOfURL,
		EmbedderReferrer:        []fetchspec.API{fetchspec.APIScript, fetchspec.APIModule, fetchspec.APIImage, fetchspec.APIStylesheet},
		UnansweredPUT:           true,
		XHRBlobTypeUnbounded:    true,
		HTTP09:                  true,
		UpgradeTaints:           true,
		FetchDropsEmptyFragment: true,
		AuthorizationReturns:    true,
		OpaqueBlocking:          engine.OpaqueBlockingScript,
		TypeBeforeCORS:          true,
		SVGNeedsOK:              true,
		RasterOverSVG:           true,
		UnsafeRedirectSchemes:   []string{"data", "javascript", "blob", "ws", "wss"},
		UpgradesIP:              true,
		UnparsedMIMETypes:       true,
		HTTP2SendsNoControls:    true,

		TightContentType: true,
		FirstLineOnly: []string{
			"Authorization", "Content-Disposition", "From", "Host", "If-Modified-Since", "If-Unmodified-Since", "Location",
			"Max-Forwards", "Proxy-Authorization", "Referer", "Sec-GPC", "Strict-Transport-Security", "User-Agent",
		},
		LineBreaks:                  []string{"WWW-Authenticate"},
		SkipEmptyValues:             true,
		MultipleAllowOrigin:         engine.MultipleLine,
		NoInvalidAllowOrigin:        true,
		WildcardCoversAuthorization: true,
		NoteAuthorizationByWildcard: true,
		Cache: engine.CacheQuirks{
			CredentialsKey: true, NoWildcard: true, HeadNeedsGrant: true, Clear: engine.ClearOnAnyCORS,
			SkipConditional: true, MaxAge: 24 * time.Hour, MaxAgeSyntax: engine.MaxAgeOrNothing,
		},

		PreflightAfterRewrite:         true,
		PreflightUntainted:            true,
		PreflightOnlyFollowedRedirect: true,
		FlagNeedsMethods:              true,
		PreflightHome:                 true,
		PreflightSticky:               true,
		DataContentLength:             true,
	},
}
