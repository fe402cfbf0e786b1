using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Kinds.Mesh;
using NodeMesh.Resources.Kinds.Smi;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks resources of the mesh's dialects.</summary>
internal static class DialectValidator
{
    /// <summary>Checks a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static void Validate(Resource? resource, FindingCollector findings)
    {
        if (resource is null)
        {
            return;
        }

        ValidateGatewayApi(resource, findings);
        ValidateIstio(resource, findings);
        switch (resource)
        {
            case RateLimitPolicyResource { Spec: var spec }:
                new RateLimitPolicyValidator(findings).Validate(spec);
                break;
            case ResiliencePolicyResource { Spec: var spec }:
                new ResiliencePolicyValidator(findings).Validate(spec);
                break;
            case TrafficSplitResource { Spec: var spec }:
                new SmiValidator(findings).Validate(spec);
                break;
            case HttpRouteGroupResource { Spec: var spec }:
                new SmiValidator(findings).Validate(spec);
                break;
            case TrafficTargetResource { Spec: var spec }:
                new SmiValidator(findings).Validate(spec);
                break;
            default:
                break;
        }
    }

    private static void ValidateGatewayApi(Resource resource, FindingCollector findings)
    {
        switch (resource)
        {
            case HttpRouteResource { Spec: var spec }:
                new HttpRouteValidator(findings).Validate(spec);
                break;
            case GrpcRouteResource { Spec: { } spec }:
                new GrpcRouteValidator(findings).Validate(spec);
                break;
            case TlsRouteResource { Spec: var spec }:
                new ConnectionRouteValidator(findings).Validate(spec);
                break;
            case TcpRouteResource { Spec: var spec }:
                new ConnectionRouteValidator(findings).Validate(spec);
                break;
            case UdpRouteResource { Spec: var spec }:
                new ConnectionRouteValidator(findings).Validate(spec);
                break;
            case GatewayResource { Spec: var spec }:
                new GatewayValidator(findings).Validate(spec);
                break;
            case ListenerSetResource { Spec: var spec }:
                new GatewayValidator(findings).Validate(spec);
                break;
            case BackendTlsPolicyResource { Spec: var spec }:
                new GatewayValidator(findings).Validate(spec);
                break;
            default:
                break;
        }
    }

    private static void ValidateIstio(Resource resource, FindingCollector findings)
    {
        switch (resource)
        {
            case VirtualServiceResource { Spec: var spec }:
                new VirtualServiceValidator(findings).Validate(spec ?? new VirtualServiceSpec());
                break;
            case DestinationRuleResource { Spec: var spec }:
                if (spec is null)
                {
                    findings.Missing("spec", "is missing; add 'spec' with a host");
                    break;
                }

                new DestinationRuleValidator(findings).Validate(spec);
                break;
            case ServiceEntryResource { Spec: var spec }:
                new ServiceEntryValidator(findings).Validate(spec);
                break;
            case WorkloadEntryResource { Spec: var spec }:
                new WorkloadEntryValidator(findings).Validate("spec", spec, domainAllowed: true);
                break;
            case WorkloadGroupResource { Spec: var spec }:
                new WorkloadEntryValidator(findings).ValidateGroup(spec);
                break;
            case SidecarResource { Spec: var spec }:
                new SidecarValidator(findings).Validate(spec ?? new SidecarSpec());
                break;
            case IstioGatewayResource { Spec: var spec }:
                new IstioGatewayValidator(findings).Validate(spec ?? new IstioGatewaySpec());
                break;
            default:
                ValidatePolicies(resource, findings);
                break;
        }
    }

    private static void ValidatePolicies(Resource resource, FindingCollector findings)
    {
        if (resource.Metadata.Annotations.ContainsKey(Labels.DryRun) && resource is RequestAuthenticationResource or TelemetryResource or PeerAuthenticationResource)
        {
            findings.Error(Manifests.FieldPath.Key("metadata.annotations", Labels.DryRun), "is for AuthorizationPolicies only; remove it");
        }

        switch (resource)
        {
            case RequestAuthenticationResource { Spec: { } spec }:
                new RequestAuthenticationValidator(findings).Validate(spec);
                break;
            case TelemetryResource { Spec: { } spec }:
                new TelemetryValidator(findings).Validate(spec);
                break;
            case WasmPluginResource { Spec: var spec }:
                new UnservedKindsValidator(findings).Validate(spec);
                break;
            case EnvoyFilterResource { Spec: { } spec }:
                new UnservedKindsValidator(findings).Validate(spec);
                break;
            case ProxyConfigResource { Spec: { } spec }:
                new UnservedKindsValidator(findings).Validate(spec);
                break;
            default:
                break;
        }
    }
}
