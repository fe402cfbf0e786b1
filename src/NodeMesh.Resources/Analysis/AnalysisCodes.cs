using System.Collections.Frozen;
using System.Collections.Immutable;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis;

/// <summary>All codes that findings can have. A code never changes its meaning.</summary>
public static class AnalysisCodes
{
    /// <summary>The codes, in order.</summary>
    public static readonly ImmutableArray<AnalysisCode> All =
    [
        new("IST0002", "Deprecated", FindingLevel.Warning, "Something deprecated is used.", "use what the finding names instead"),
        new("IST0101", "ReferencedResourceNotFound", FindingLevel.Error, "A resource that is referred to does not exist.", "create it, or correct the reference"),
        new("IST0102", "NamespaceNotInjected", FindingLevel.Info, "A namespace with workloads is not in the mesh.", "label the namespace istio.io/dataplane-mode=ambient, or istio.io/dataplane-mode=none to say that it shall not be"),
        new("IST0106", "SchemaValidationError", FindingLevel.Error, "A resource is not valid: it would be refused.", "correct the field"),
        new("IST0107", "MisplacedAnnotation", FindingLevel.Warning, "An annotation of Istio is on a kind of resource that it is not for.", "move it to the right resource"),
        new("IST0108", "UnknownAnnotation", FindingLevel.Warning, "An annotation of Istio that nobody knows.", "correct or remove it"),
        new("IST0109", "ConflictingMeshGatewayVirtualServiceHosts", FindingLevel.Error, "Several VirtualServices of the mesh are for the same host.", "put them together into one"),
        new("IST0110", "ConflictingSidecarWorkloadSelectors", FindingLevel.Error, "Several Sidecars select the same workload.", "change their selectors"),
        new("IST0111", "MultipleSidecarsWithoutWorkloadSelectors", FindingLevel.Error, "Several Sidecars of a namespace have no selector.", "keep one of them"),
        new("IST0112", "VirtualServiceDestinationPortSelectorRequired", FindingLevel.Error, "A route goes to a service with several ports and names none.", "add the port to the destination"),
        new("IST0116", "DeploymentAssociatedToMultipleServices", FindingLevel.Warning, "Several services give a workload the same port with different protocols.", "use one protocol, or different ports"),
        new("IST0118", "PortNameIsNotUnderNamingConvention", FindingLevel.Info, "The name of a service's port does not tell its protocol.", "begin the name with the protocol (http-, grpc-, tcp-, …), or set appProtocol"),
        new("IST0122", "InvalidRegexp", FindingLevel.Warning, "A regular expression is not valid.", "correct it; RE2's syntax applies"),
        new("IST0123", "NamespaceMultipleInjectionLabels", FindingLevel.Warning, "A namespace has labels that say different things about the mesh.", "keep one of them"),
        new("IST0125", "InvalidAnnotation", FindingLevel.Warning, "An annotation of Istio has a value that is not valid.", "correct the value"),
        new("IST0126", "UnknownMeshNetworksServiceRegistry", FindingLevel.Error, "A network names a registry that is not known.", "use Kubernetes, or the name of a cluster with a remote secret"),
        new("IST0127", "NoMatchingWorkloadsFound", FindingLevel.Warning, "No workload in the mesh is selected.", "correct the selector, or create the workload"),
        new("IST0128", "NoServerCertificateVerificationDestinationLevel", FindingLevel.Warning, "TLS to a destination is not checked: no authorities are given.", "set caCertificates, or a credentialName with a workloadSelector"),
        new("IST0129", "NoServerCertificateVerificationPortLevel", FindingLevel.Warning, "TLS to a port of a destination is not checked: no authorities are given.", "set caCertificates, or a credentialName with a workloadSelector"),
        new("IST0130", "VirtualServiceUnreachableRule", FindingLevel.Warning, "A rule is never used.", "remove it, or move it forward"),
        new("IST0131", "VirtualServiceIneffectiveMatch", FindingLevel.Info, "A match is never used.", "remove it, or move it forward"),
        new("IST0132", "VirtualServiceHostNotFoundInGateway", FindingLevel.Warning, "No host of a VirtualService is one of its gateway's.", "add the host to the gateway"),
        new("IST0133", "SchemaWarning", FindingLevel.Warning, "A resource is valid, but hardly meant so.", "see the finding"),
        new("IST0134", "ServiceEntryAddressesRequired", FindingLevel.Warning, "A ServiceEntry without addresses has a TCP port, which cannot be told from others.", "give it addresses"),
        new("IST0135", "DeprecatedAnnotation", FindingLevel.Info, "An annotation of Istio is deprecated.", "use what the finding names instead"),
        new("IST0137", "DeploymentConflictingPorts", FindingLevel.Warning, "Several services lead different ports to the same port of a workload.", "use the same port in both, or different target ports"),
        new("IST0138", "GatewayDuplicateCertificate", FindingLevel.Warning, "Several gateways have the same certificate, so clients that reuse HTTP/2 connections may get 404.", "put the servers together into one gateway"),
        new("IST0140", "IngressRouteRulesNotAffected", FindingLevel.Warning, "A subset that is routed to inside the mesh is not used for requests at a gateway.", "route to the subset in the VirtualService of the gateway too"),
        new("IST0144", "InvalidApplicationUID", FindingLevel.Warning, "A container runs as user 1337, which is the proxy's.", "use another user"),
        new("IST0145", "ConflictingGateways", FindingLevel.Error, "Several gateways have the same selector, port and host.", "put them together, or change one of them"),
        new("IST0149", "JwtClaimBasedRoutingWithoutRequestAuthN", FindingLevel.Error, "Routes look at claims, but no RequestAuthentication checks tokens at the gateway.", "create a RequestAuthentication for the gateway's pods"),
        new("IST0150", "ExternalNameServiceTypeInvalidPortName", FindingLevel.Warning, "The name of a port of an ExternalName service does not tell its protocol.", "begin the name with the protocol"),
        new("IST0151", "EnvoyFilterUsesRelativeOperation", FindingLevel.Warning, "An EnvoyFilter without priority uses an operation relative to others.", "set the priority"),
        new("IST0152", "EnvoyFilterUsesReplaceOperationIncorrectly", FindingLevel.Error, "An EnvoyFilter uses REPLACE for something other than HTTP_FILTER and NETWORK_FILTER.", "use another operation"),
        new("IST0153", "EnvoyFilterUsesAddOperationIncorrectly", FindingLevel.Error, "An EnvoyFilter uses ADD where it is ignored.", "use another operation"),
        new("IST0154", "EnvoyFilterUsesRemoveOperationIncorrectly", FindingLevel.Error, "An EnvoyFilter uses REMOVE where it is ignored.", "use another operation"),
        new("IST0155", "EnvoyFilterUsesRelativeOperationWithProxyVersion", FindingLevel.Warning, "An EnvoyFilter with a proxy version and without priority uses an operation relative to others.", "set the priority"),
        new("IST0157", "InvalidTelemetryProvider", FindingLevel.Warning, "Access logging has no provider, neither here nor in the mesh config.", "name a provider"),
        new("IST0159", "ConflictingTelemetryWorkloadSelectors", FindingLevel.Error, "Several Telemetries select the same workload.", "change their selectors"),
        new("IST0160", "MultipleTelemetriesWithoutWorkloadSelectors", FindingLevel.Error, "Several Telemetries of a namespace have no selector.", "keep one of them"),
        new("IST0161", "InvalidGatewayCredential", FindingLevel.Error, "A Secret that a gateway uses has no good certificate and key.", "renew the Secret"),
        new("IST0162", "GatewayPortNotDefinedOnService", FindingLevel.Warning, "A gateway listens on a port that no Service of its pods offers.", "add the port to the Service"),
        new("IST0165", "ReferencedInternalGateway", FindingLevel.Warning, "A VirtualService refers to a gateway that the control plane made for itself.", "attach an HTTPRoute to the Gateway instead"),
        new("IST0166", "IneffectiveSelector", FindingLevel.Warning, "A policy selects pods of a Gateway of the Gateway API by labels.", "use targetRefs"),
        new("IST0167", "IneffectivePolicy", FindingLevel.Warning, "A policy has no effect where it is.", "remove it, or say the same with a kind that has"),
        new("IST0171", "NegativeConditionStatus", FindingLevel.Warning, "The status of a resource has a condition that is not met.", "see the condition's message"),
        new("IST0173", "DestinationRuleSubsetNotSelectPods", FindingLevel.Error, "A subset of a DestinationRule selects no pod.", "correct the labels"),
        new("IST0174", "UnknownDestinationRuleHost", FindingLevel.Warning, "The host of a DestinationRule is not a service.", "correct the host"),
        new("IST0175", "JwksUriFetchUnrestricted", FindingLevel.Warning, "Keys for tokens are fetched from anywhere, since the control plane has no list of forbidden networks.", "set BLOCKED_CIDRS_IN_JWKS_URIS on istiod"),
        new("IST0177", "ConflictingServiceEntryProtocol", FindingLevel.Warning, "Several ServiceEntries give the same host and port different protocols.", "use the same protocol"),
        new("NM0001", "Unreadable", FindingLevel.Error, "A file cannot be read.", "check path and rights"),
        new("NM0002", "Malformed", FindingLevel.Error, "A file is not YAML or JSON.", "correct the text"),
        new("NM0003", "NotAResource", FindingLevel.Error, "A document has no apiVersion, kind or name.", "add them"),
        new("NM0004", "Duplicate", FindingLevel.Error, "The same resource is there twice.", "remove one of them"),
        new("NM0005", "UnknownKind", FindingLevel.Warning, "A kind that nobody reads; in one of the mesh's API groups it is refused.", "correct apiVersion and kind"),
        new("NM0006", "NotServed", FindingLevel.Warning, "A resource or part of it is known, but not served: it has no effect.", "see the documentation of what is served"),
        new("NM0007", "NoEffect", FindingLevel.Warning, "A field has no effect here.", "see the finding"),
        new("NM0008", "SelectorMatchesNothing", FindingLevel.Warning, "A selector selects nothing.", "correct the labels"),
        new("NM0009", "NothingMeshed", FindingLevel.Warning, "A policy is for workloads, none of which is in the mesh.", "label the namespace or pods istio.io/dataplane-mode=ambient"),
        new("NM0010", "TargetNotFound", FindingLevel.Warning, "What a policy is for does not exist.", "create it, or correct the reference"),
        new("NM0011", "PortNotServed", FindingLevel.Warning, "No selected workload says that it serves a port.", "correct the port; policies name the workload's port"),
        new("NM0012", "RequestLevelRule", FindingLevel.Warning, "A rule needs to see requests where only connections are seen.", "see the finding"),
        new("NM0013", "RuleNeverMatches", FindingLevel.Warning, "A rule can never match.", "see the finding"),
        new("NM0014", "Overridden", FindingLevel.Warning, "Another resource of the same scope wins.", "remove one of them"),
        new("NM0101", "RouteParentNotFound", FindingLevel.Error, "A route attaches to something that does not exist.", "create it, or correct parentRefs"),
        new("NM0102", "RouteBackendNotFound", FindingLevel.Error, "A route leads to something that does not exist: requests would get 500.", "create it, or correct backendRefs"),
        new("NM0103", "RouteBackendPortNotFound", FindingLevel.Error, "A route leads to a port that the service has not.", "correct the port"),
        new("NM0104", "ReferenceNotGranted", FindingLevel.Error, "A route refers to another namespace without a ReferenceGrant there.", "create a ReferenceGrant in that namespace"),
        new("NM0105", "DialectsOnOneService", FindingLevel.Warning, "A service has both routes of the Gateway API and a VirtualService; the Gateway API wins.", "keep one of the two"),
        new("NM0106", "RouteKindNotAllowed", FindingLevel.Error, "No listener of the gateway takes the route: by kind, host, section or port.", "correct the listener's allowedRoutes, or the route"),
        new("NM0107", "SplitReferenceNotFound", FindingLevel.Error, "A TrafficSplit or TrafficTarget refers to something that does not exist.", "create it, or correct the reference"),
        new("NM0108", "GatewaySecretNotFound", FindingLevel.Error, "A listener's certificate does not exist, or is in another namespace without a ReferenceGrant.", "create the Secret or the ReferenceGrant"),
        new("NM0109", "GatewayClassNotFound", FindingLevel.Warning, "A Gateway names a class that is not known.", "correct gatewayClassName"),
    ];

    private static readonly FrozenDictionary<string, AnalysisCode> ByCode = All.ToFrozenDictionary(c => c.Code);

    // What reading and validating say by name. The schema's findings are Istio's IST0106 and IST0133, which is what people search for.
    private static readonly FrozenDictionary<string, string> ByFindingCode = new Dictionary<string, string>
    {
        [FindingCodes.UnknownField] = "IST0106",
        [FindingCodes.MissingField] = "IST0106",
        [FindingCodes.WrongType] = "IST0106",
        [FindingCodes.InvalidValue] = "IST0106",
        [FindingCodes.Suspicious] = "IST0133",
        [FindingCodes.UnreachableRule] = "IST0130",
        [FindingCodes.IneffectiveMatch] = "IST0131",
    }.Concat(All.Where(c => c.Code.StartsWith("NM00", StringComparison.Ordinal)).ToDictionary(c => c.Name, c => c.Code)).ToFrozenDictionary(p => p.Key, p => p.Value);

    /// <summary>What a code means.</summary>
    /// <param name="code">The code.</param>
    /// <returns>Its entry.</returns>
    public static AnalysisCode Of(string code) => ByCode[code];

    /// <summary>The code of what reading or validating found.</summary>
    /// <param name="finding">The finding.</param>
    /// <returns>The code.</returns>
    public static string Of(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return ByFindingCode[finding.Code];
    }

    /// <summary>The code of what reading or validating found, if it has one.</summary>
    /// <param name="finding">The finding.</param>
    /// <returns>The code, or null.</returns>
    public static string? Find(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return ByFindingCode.GetValueOrDefault(finding.Code);
    }

    /// <summary>Splits a message of the form "what is wrong; what to do".</summary>
    /// <param name="message">The message.</param>
    /// <returns>Both parts; the second is empty when there is none.</returns>
    public static (string Message, string Remedy) Split(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var end = message.IndexOf("; ", StringComparison.Ordinal);
        return end < 0 ? (message, "") : (message[..end], message[(end + 2)..]);
    }
}
