using NodeMesh.Cli;

return await NodeMeshCommand.Create().Parse(args).InvokeAsync();
