using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Control.Admission;
using NodeMesh.Control.Cluster;
using NodeMesh.Control.Hosting;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>The webhook as a real API server asks it.</summary>
[Collection(nameof(ClusterFixture))]
public sealed class WebhookOnClusterTests(ClusterFixture cluster)
{
    private static readonly KubernetesKind Configurations = new("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false);
    private static readonly KubernetesKind Policies = new("security.istio.io", "v1", "RequestAuthentication", "requestauthentications", true);
    private static readonly KubernetesKind Routes = new("networking.istio.io", "v1", "VirtualService", "virtualservices", true);

    [Fact]
    public async Task Webhook_RefusesWhatCannotWork_ThroughRotationsAndFailsByKind()
    {
        await cluster.DefineAsync("security.istio.io", "v1", "RequestAuthentication", "requestauthentications");
        await cluster.DefineAsync("networking.istio.io", "v1", "VirtualService", "virtualservices");
        var (mesh, shop) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync());
        var directory = Directory.CreateTempSubdirectory("nmt-control-").FullName;

        // The port is known before the control plane that needs it in its configuration.
        var target = new IPEndPoint(IPAddress.Loopback, 1);
        await using var relay = await cluster.Cluster.RelayToAsync(() => target);
        var configuration = new ControlConfiguration
        {
            Kubernetes = new KubernetesSettings { Identity = "webhook" },
            MeshNamespace = mesh,
            CaDirectory = Path.Combine(directory, "ca"),
            Listen = "127.0.0.1:0",
            WebhookListen = "127.0.0.1:0",
            WebhookUrl = $"https://localhost:{relay.Port}{AdmissionEndpoint.Path}",
            CertificateLifetime = "20s",
        };
        await cluster.Admin.Resources(Configurations).CreateAsync(new KubernetesObject { Metadata = new V1ObjectMeta { Name = ValidatorWebhooks.Name } });
        try
        {
            var backend = await ClusterBackend.CreateAsync(configuration, cluster.Cluster.Admin(), TimeProvider.System, NullLoggerFactory.Instance, Eventually.Limit);
            await using (var host = new ControlHost(configuration, backend, TimeProvider.System, NullLoggerFactory.Instance))
            {
                await host.StartAsync(CancellationToken.None);
                target = host.WebhookEndPoint!;
                await PublishedAsync(host.RootsPem);

                await RefusedAsync(shop, "spec.selector.matchLabels.app");
                await cluster.Admin.Resources(Policies).InNamespace(shop).CreateAsync(Policy("good", "web"));

                // Every step of a change of roots: known, signing, alone.
                backend.Authority.AddRoot();
                await PublishedAsync(host.RootsPem);
                await RefusedAsync(shop, "spec.selector.matchLabels.app");
                backend.Authority.Rotate();
                backend.Authority.RetireRoots();
                await PublishedAsync(host.RootsPem);
                await RefusedAsync(shop, "spec.selector.matchLabels.app");
            }

            // Away: what protects is refused, what routes is stored.
            await RefusedAsync(shop, "security.validator.nodemesh.io", app: "web");
            await cluster.Admin.Resources(Routes).InNamespace(shop).CreateAsync(new KubernetesObject
            {
                Metadata = new V1ObjectMeta { Name = "r" },
                ["spec"] = JsonDocument.Parse("{}").RootElement,
            });
        }
        finally
        {
            await cluster.Admin.Resources(Configurations).DeleteAsync(ValidatorWebhooks.Name);
            await cluster.DeleteAsync("apiextensions.k8s.io/v1", "CustomResourceDefinition", null, "requestauthentications.security.istio.io");
            await cluster.DeleteAsync("apiextensions.k8s.io/v1", "CustomResourceDefinition", null, "virtualservices.networking.istio.io");
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task PublishedAsync(string roots)
    {
        var wanted = Convert.ToBase64String(Encoding.UTF8.GetBytes(roots));
        await Eventually.TrueAsync(
            async () =>
            {
                var present = await cluster.Admin.Resources(Configurations).ReadAsync(ValidatorWebhooks.Name);
                return present["webhooks"] is { ValueKind: JsonValueKind.Array } webhooks && webhooks.GetArrayLength() == 2
                    && webhooks.EnumerateArray().All(w => w.GetProperty("clientConfig").GetProperty("caBundle").GetString() == wanted);
            },
            "the roots are published");
    }

    /// <summary>The API server takes its time to notice a new configuration, and the webhook its own to show a new certificate.</summary>
    private Task RefusedAsync(string ns, string reason, string app = "web*") => Eventually.TrueAsync(
        async () =>
        {
            var policies = cluster.Admin.Resources(Policies).InNamespace(ns);
            try
            {
                var name = ClusterFixture.Unique("bad");
                await policies.CreateAsync(Policy(name, app));
                await policies.DeleteAsync(name);
                return false;
            }
            catch (KubernetesException e)
            {
                return e.Message.Contains(reason, StringComparison.Ordinal);
            }
        },
        $"a policy is refused: {reason}");

    private static KubernetesObject Policy(string name, string app) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        ["spec"] = JsonDocument.Parse($$"""{"selector":{"matchLabels":{"app":"{{app}}"} } }""").RootElement,
    };
}
