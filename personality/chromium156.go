package personality

import (
	"time"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// Chromium156 is Chromium 156.0.8078.79 on Debian 12, headless. Like Chrome with third-party cookies off, Debian's package blocks
// them, but for partitioned ones. Where they are on, Cookies.ThirdParty is [cookie.ThirdPartyAllow], and
// Quirks.StorageAccessOrigin not set.
var Chromium156 = &Personality{
	Name:         "chromium",
	Version:      "Chromium 156.0.8078.79",
	FrameConsole: true,
	words:        chromiumWords{},
	Cookies: cookie.Policy{
		Unset: cookie.UnsetLax, Redirects: cookie.RedirectsForgive, ThirdParty: cookie.ThirdPartyBlock, Partitioned: true, LoopbackIsSecure: true,
		Order: cookie.OrderValue, Nameless: cookie.NamelessSimple, Controls: cookie.ControlsRefuseTabs, LastCounts: true,
		Dates: cookie.DatesWhole, PerSite: 180, SiteKeeps: 150,
	},
	Quirks: engine.Quirks{
		Safelist: fetchspec.Safelist{ClientHints: true, RangeMax: 1<<63 - 2, ForbidUserAgent: true},
		Opening: []engine.OpeningCheck{
			engine.OpenSameOriginMode, engine.OpenNoCORSRedirect, engine.OpenFetchScheme, engine.OpenRefusedScheme,
			engine.OpenLocalResource, engine.OpenCredentials, engine.OpenMixedContent, engine.OpenScheme, engine.OpenBadPort,
		},
		Redirect: []engine.RedirectCheck{
			engine.RedirectLocation, engine.RedirectCORS, engine.RedirectCORP, engine.RedirectModeManual,
			engine.RedirectUnsafe, engine.RedirectCount, engine.RedirectCredentials, engine.RedirectStream,
			engine.RedirectModeError,
		},
		Preflight: []engine.PreflightCheck{
			engine.PreflightRedirect, engine.PreflightCORS, engine.PreflightStatus, engine.PreflightMethodsSyntax,
			engine.PreflightHeadersSyntax, engine.PreflightMethod, engine.PreflightHeaders,
		},
		PreflightHeaders: []string{"Accept", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Origin", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest", "Referer"},
		RequestHeaders:   []string{"Content-Length", "", "Accept", "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-Fetch-Storage-Access", "Referer", "Cookie", "Range"},

		CombineRequestHeaders: true,
		XHRCharset:            engine.XHRCharsetInPlace,
		Accept: map[fetchspec.Destination]string{
			fetchspec.DestinationImage: "image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
		},
		ReferrerNeedsHTTPS:    true,
		PreflightSite:         engine.PreflightSiteOfURL,
		FetchSchemes:          []string{"http", "https", "file", "chrome-extension"},
		RefusedSchemes:        []string{"ftp"},
		LocalSchemes:          []string{"file", "blob", "chrome", "view-source", "chrome-extension"},
		StandardSchemes:       []string{"chrome"},
		UnsafeRedirectSchemes: []string{"about", "blob", "data", "file", "filesystem"},
		RedirectUpgradesIP:    true,
		NoteLoopbackImages:    true,
		ElementsSendOrigin:    true,
		MediaSendsNoOrigin:    true,
		MixedByURL:            true,
		WorkerMixedAnyScheme:  true,
		OriginOnDowngrade:     true,
		NoCORSOriginLost:      true,
		EmptyFragmentStays:    true,
		FetchModeAlways:       true,
		StorageAccessOrigin:   true,

		ElementsStripCredentials: true,
		EscapesURLs:              true,
		XHRBlobType:              engine.XHRBlobGrammar,
		InsecureWorkerPolicy:     true,
		StreamsLeaveHome:         true,
		HTTP2NoControls:          true,
		EventStreamUTF8:          true,
		LooseMIMETypes:           true,
		WAVE:                     engine.WAVESamples,

		PreloadErrors:        []fetchspec.Destination{fetchspec.DestinationScript, fetchspec.DestinationStyle, fetchspec.DestinationFont},
		PreloadDecodesImages: true,
		PreloadAnyType:       true,

		FlagNeedsMethods:        true,
		UploadListenerNeedsBody: true,

		WildcardCoversAuthorization: true,
		NamedHeader:                 blinkOrder,
		Cache: engine.CacheQuirks{
			WholeResult: true, AuthorizationNotByWildcard: true, Clear: engine.ClearNever,
			ByIdentity: true, NotSandboxed: true, SkipPageConditional: true, MaxURL: 1024, MaxAge: 2 * time.Hour, MaxAgeSyntax: engine.MaxAgeSigned,
		},

		Location:              engine.LocationPercent,
		SeveralLocations:      engine.LocationsConflict,
		PunycodeUnchecked:     true,
		ProxyAuthFails:        true,
		RedirectNeedsLocation: true,
		WrongStylesheetLoads:  true,
		EmptyLocationIsNone:   true,
		OpaqueBlocking:        engine.OpaqueBlockingSniff,
		LoadBelow400:          []fetchspec.API{fetchspec.APIScript, fetchspec.APIStylesheet},
		NoAboutBlank:          true,
	},
}
