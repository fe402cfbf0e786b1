using Microsoft.Extensions.Logging;
using NodeMesh.Control.Hosting;
using NodeMesh.Control.Sources;
using NodeMesh.Resources.Translation;

return await ControlProgram.RunAsync(
    args,
    (configuration, log) => new DirectorySource(
        new DirectorySourceOptions
        {
            Manifests = configuration.Manifests,
            StatusDirectory = configuration.StatusDirectory.Length == 0 ? null : configuration.StatusDirectory,
            Mesh = new MeshSettings
            {
                TrustDomain = configuration.TrustDomain,
                RootNamespace = configuration.RootNamespace,
                ClusterDomain = configuration.ClusterDomain,
                ClusterId = configuration.ClusterId,
                TracingProviders = configuration.TracingProviders,
            },
        },
        TimeProvider.System,
        log.CreateLogger<DirectorySource>()),
    Console.Error);
