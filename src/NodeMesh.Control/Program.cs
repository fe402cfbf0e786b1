using NodeMesh.Control.Hosting;

return await ControlProgram.RunAsync(
    args,
    (configuration, _) => throw new ControlConfigurationException($"manifests: {string.Join(", ", configuration.Manifests)}: this build has no source of manifests"),
    Console.Error);
