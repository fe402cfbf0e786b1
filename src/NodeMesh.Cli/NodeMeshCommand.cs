using System.CommandLine;
using NodeMesh.Cli.Check;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Demo;
using NodeMesh.Cli.Install;
using NodeMesh.Cli.Local;
using NodeMesh.Cli.Offline;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli;

/// <summary>The root of the command line. Each group of commands lives in a folder of its own and is added by one line here.</summary>
internal static class NodeMeshCommand
{
    /// <summary>Makes the root command.</summary>
    public static RootCommand Create() => new("NodeMesh: a service mesh without sidecars, one proxy per node.")
    {
        InstallCommand.CreateInstall(),
        InstallCommand.CreateUpgrade(),
        UninstallCommand.Create(),
        CheckCommand.Create(),
        VersionCommand.Create(),
        ManifestCommand.Create(),
        LocalCommand.Create(),
        DemoCommand.Create(),
        ProxyCommands.CreateStatus(),
        ProxyCommands.CreateConfig(),
        LogsLevelCommand.Create(),
        ValidateCommand.Create(),
        AnalyzeCommand.Create(),
        ExplainCommand.Create(),
        CrdsCommand.Create(),
    };
}
