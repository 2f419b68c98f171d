package personality

import (
	"time"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// WebKit250 is WebKitGTK 2.50.6 on Debian 12, in MiniBrowser.
var WebKit250 = &Personality{
	Name:    "webkit",
	Version: "WebKitGTK 2.50.6",
	words:   webkitWords{},
	Cookies: cookie.Policy{
		Unset: cookie.UnsetNone, Schemeless: true, Redirects: cookie.RedirectsHome, AnswersForgiven: true, FrameIsTop: true,
		ThirdParty: cookie.ThirdPartyKeep, Order: cookie.OrderDomain, Controls: cookie.ControlsCut, NoLimits: true, NoPrefixes: true, NoneWithoutSecure: true, SecureAloneByPath: true,
		DomainLiteral: true, OneLifetime: true, AgeSyntax: cookie.AgeEmpty, Dates: cookie.DatesInOrder, PerSite: -1,
	},
	Quirks: engine.Quirks{
		Safelist: fetchspec.Safelist{RangeUnitFold: true, RangeSigns: true, RangeMax: 1<<64 - 1, NoTotal: true},
		Opening: []engine.OpeningCheck{
			engine.OpenLateRedirect, engine.OpenSameOriginMode, engine.OpenScriptScheme, engine.OpenLocalResource,
			engine.OpenNoCORSRedirect, engine.OpenMixedContent, engine.OpenScheme, engine.OpenBadPort,
		},
		Redirect: []engine.RedirectCheck{
			engine.RedirectUnsafe, engine.RedirectCORS, engine.RedirectCORP, engine.RedirectModeError,
			engine.RedirectModeManual, engine.RedirectLocation, engine.RedirectCORSScheme, engine.RedirectCORSCredentials,
			engine.RedirectCount, engine.RedirectStream,
		},
		LateRedirect: []engine.RedirectCheck{
			engine.RedirectVeto, engine.RedirectHop, engine.RedirectScheme, engine.RedirectCredentials,
		},
		Veto:                  []engine.OpeningCheck{engine.OpenLocalResource, engine.OpenSameOriginMode, engine.OpenMixedContent},
		UnsafeRedirectSchemes: []string{"ftp"},
		Preflight: []engine.PreflightCheck{
			engine.PreflightStatus, engine.PreflightCORS, engine.PreflightMethodsSyntax, engine.PreflightHeadersSyntax,
			engine.PreflightMethod, engine.PreflightHeaders,
		},
		PreflightHeaders: []string{"Origin", "Access-Control-Request-Method", "Referer", "Access-Control-Request-Headers", "Accept", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-Fetch-Site"},
		RequestHeaders:   []string{"", "Icy-Metadata", "Origin", "Referer", "Accept", "Content-Length", "Cookie", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site"},

		CombineRequestHeaders: true,
		Accept: map[fetchspec.Destination]string{
			fetchspec.DestinationImage: "image/webp,image/avif,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
		},
		ReferrerNeedsHTTPS:       true,
		PreflightSite:            engine.PreflightSiteOfOrigin,
		PreflightMetadataOfFirst: true,
		HopDropsMetadata:         true,
		EmbedderReferrer:         []fetchspec.API{fetchspec.APIXHR, fetchspec.APIScript, fetchspec.APIModule, fetchspec.APIImage, fetchspec.APIStylesheet, fetchspec.APIFont, fetchspec.APIPreload},
		SandboxedReferrer:        true,
		MixedByURL:               true,
		LowercaseAs:              true,
		PreloadByStatus:          true,
		EventStreamTypeAsWritten: true,
		TypeLists:                true,
		DataNeedsFollow:          true,
		ForeignData:              []fetchspec.API{fetchspec.APIEventSource, fetchspec.APIPreload},
		StreamBodies:             engine.StreamRefuse,
		NoCORSBlobType:           true,
		FontsNoCORS:              true,
		NoCredentialless:         true,
		LocalSchemes:             []string{"file", "blob"},
		NormalizesEscapes:        true,
		HeadersAreUTF8:           true,
		UpgradeTaints:            true,
		MixedAnyScheme:           true,
		MixedImages:              true,
		LoopbackMixed:            true,

		MultipleAllowOrigin:         engine.MultipleComma,
		NoInvalidAllowOrigin:        true,
		WildcardCoversAuthorization: true,
		NamedHeader:                 webkitOrder,
		Cache: engine.CacheQuirks{
			WholeResult: true, StoreRefused: true, ByIdentity: true, Clear: engine.ClearNever,
			MaxAge: 10 * time.Minute, MaxAgeSyntax: engine.MaxAgeSigned,
		},

		PreflightAuthoredHeaders: true,
		PreflightSticky:          true,
		RedirectNeedsLocation:    true,
		DeleteBecomesGET:         true,
		EmptyLocationFails:       true,
		ElementsFollowData:       true,
		OriginSticky:             true,
		OriginOnDowngrade:        true,
		ElementsSendOrigin:       true,
		SeveralLocations:         engine.LocationsCombine,
		StripCredentials:         true,
		LoadBelow400:             []fetchspec.API{fetchspec.APIScript, fetchspec.APIModule, fetchspec.APIVideo, fetchspec.APIAudio},
		XHRBlobType:              engine.XHRBlobParsed,
		ModulesMustStart:         true,
		MediaAgain:               true,
		ResetContentShown:        true,
		WAVE:                     engine.WAVEFormat,
		HopCredentials:           true,
		FlagNeedsMethods:         true,
		NoAboutBlank:             true,
	},
}

// webkitKnown are the header names that WebKit knows, in its spelling. They come before all others, and are printed so.
var webkitKnown = func() map[string]string {
	m := map[string]string{}
	for _, n := range [...]string{
		"Accept", "Accept-Language", "Accept-Ranges", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers",
		"Access-Control-Allow-Methods", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers",
		"Access-Control-Max-Age", "Age", "Authorization", "Cache-Control", "Clear-Site-Data", "Content-Disposition",
		"Content-Encoding", "Content-Language", "Content-Location", "Content-Range", "Content-Security-Policy",
		"Content-Security-Policy-Report-Only", "Content-Type", "Cross-Origin-Embedder-Policy",
		"Cross-Origin-Embedder-Policy-Report-Only", "Cross-Origin-Opener-Policy", "Cross-Origin-Opener-Policy-Report-Only",
		"Cross-Origin-Resource-Policy", "Default-Style", "ETag", "Expires", "Icy-MetaInt", "Icy-Metadata", "If-Match",
		"If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Integrity-Policy",
		"Integrity-Policy-Report-Only", "Last-Event-ID", "Last-Modified", "Link", "Location", "Ping-From", "Ping-To",
		"Pragma", "Range", "Referrer-Policy", "Refresh", "Report-To", "Reporting-Endpoints", "Server-Timing",
		"Service-Worker", "Service-Worker-Allowed", "Service-Worker-Navigation-Preload", "SourceMap", "Timing-Allow-Origin",
		"Upgrade-Insecure-Requests", "User-Agent", "Vary", "X-Content-Type-Options", "X-Frame-Options", "X-SourceMap",
		"X-Temp-Tablet", "X-XSS-Protection",
	} {
		m[fetchspec.ByteLower(n)] = n
	}
	return m
}()

// webkitOrder returns request-header names in the order in which WebKit goes through them: those it knows, then the rest,
// each in the order in which they were set.
func webkitOrder(headers fetchspec.Headers, _ *fetchspec.Request, _ *origin.URL) []string {
	names := make([]string, 0, len(headers))
	for _, known := range [...]bool{true, false} {
		for _, h := range headers {
			if (webkitKnown[fetchspec.ByteLower(h.Name)] != "") == known {
				names = append(names, h.Name)
			}
		}
	}
	return names
}

// webkitAs are the values of a preload's as attribute that WebKit knows, and preloads nothing for.
var webkitAs = []string{
	"audio", "document", "embed", "iframe", "manifest", "object", "report", "video", "xslt",
}
