using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Controllers;
using NodeMesh.Local.Endpoints;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Mesh;
using NodeMesh.Local.Networking;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Probes;
using NodeMesh.Local.Store;
using NodeMesh.Local.Tools;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Daemon;

/// <summary>The process behind a local mesh: API, scheduler, controllers, kubelet and cluster DNS in one.</summary>
public static class LocalDaemon
{
    /// <summary>Runs a mesh whose directory <c>up</c> made, until it is told to end.</summary>
    /// <param name="layout">The mesh's files.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(MeshLayout layout, CancellationToken cancellationToken)
    {
        var settings = MeshSettings.Read(layout.Settings);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(c => (c.SingleLine, c.TimestampFormat, c.UseUtcTimestamp) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", true))
            .AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(layout.Socket));
        builder.Services.ConfigureHttpJsonOptions(_ => { });
        await using var app = builder.Build();
        var log = app.Services.GetRequiredService<ILoggerFactory>();
        File.WriteAllText(layout.ProcessId, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        using var broker = new NetworkNamespaceBroker();
        var mesh = Compose(layout, settings, broker, log);
        await mesh.Network.CreateAsync(cancellationToken);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        mesh.Manifests.WriteNodes(mesh.Nodes);
        mesh.Store.Apply(ManifestReader.ReadText(ApplyChecks.BuiltInNamespaces(), "built-in").Documents);
        mesh.Api.Map(app);
        await app.StartAsync(cancellationToken);
        List<Task> parts = [mesh.Loop.RunAsync(running.Token), mesh.Dns.RunAsync(running.Token), .. mesh.Components.Values.Select(c => c.RunAsync(running.Token))];
        try
        {
            // A part that ends is a bug or a cancellation: either way the others cannot go on alone.
            await await Task.WhenAny(parts);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to end.
        }
        finally
        {
            await running.CancelAsync();
            await app.StopAsync(CancellationToken.None);
        }
    }

    private static DaemonParts Compose(MeshLayout layout, MeshSettings settings, NetworkNamespaceBroker broker, ILoggerFactory log)
    {
        var time = TimeProvider.System;
        ImmutableArray<ClusterNode> nodes = [.. Enumerable.Range(1, settings.Nodes).Select(i => ClusterNode.Create(i, LabelsOf(settings, i)))];
        var groups = MeshGroups.Of(layout.Name);
        var store = new ObjectStore(layout, time);
        var enrollment = new MeshEnrollment(layout, store, settings.WithMesh, time);
        var prober = new NodeProber(layout, broker);
        var config = new PodConfig(store);
        var images = new ImageRegistry(new ImageCommands(settings.Images));
        var environment = new ContainerEnvironment(config, PodVariables.Common(settings));
        var services = new PodServices(
            layout, groups.Child("pods"), new PodNetwork(layout.Name), new LaunchBuilder(layout, environment, new PodVolumes(config), () => images.Commands), prober,
            new LifecycleHooks(prober, time), enrollment, new BackgroundTasks(log.CreateLogger<BackgroundTasks>()), time, new PodLog(log.CreateLogger<PodLog>()));
        var fleet = new PodFleet(services, nodes);
        var manifests = new RuntimeManifests(layout);
        var loop = new ClusterLoop(store, fleet, enrollment, manifests, new ServiceRuleWriter(layout, nodes), time, log.CreateLogger<ClusterLoop>());
        var dns = new ClusterDns(layout, settings, nodes, new ClusterZone(store, fleet), broker, time, log);
        var components = Components(layout, settings, nodes, broker, groups, time, log);
        var status = new StatusReporter(layout, nodes, store, fleet, enrollment, components, loop, settings.Capture);
        return new DaemonParts(
            nodes, new ClusterNetwork(layout.Name, nodes), store, manifests, loop, dns, components, new DaemonApi(store, fleet, images, status, components, new ObjectReader(layout, store, fleet, nodes, time), time));
    }

    private static ImmutableDictionary<string, Component> Components(
        MeshLayout layout, MeshSettings settings, ImmutableArray<ClusterNode> nodes, NetworkNamespaceBroker broker, ControlGroup groups, TimeProvider time, ILoggerFactory log)
    {
        if (!settings.WithMesh)
        {
            return ImmutableDictionary<string, Component>.Empty;
        }

        var factory = new ComponentFactory(layout, settings, nodes, broker);
        factory.WriteConfigs();
        return nodes.Select(factory.Proxy).Prepend(factory.Control())
            .ToImmutableDictionary(s => s.Name, s => new Component(s, layout, groups.Child(s.Name), time, log.CreateLogger<Component>()));
    }

    private static ImmutableDictionary<string, string> LabelsOf(MeshSettings settings, int node) =>
        settings.NodeLabels.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"node-{node}")) ?? ImmutableDictionary<string, string>.Empty;
}
