using System.CommandLine;
using System.CommandLine.Help;
using NodeMesh.Cli.BugReport;
using NodeMesh.Cli.Check;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Completion;
using NodeMesh.Cli.Dashboard;
using NodeMesh.Cli.Demo;
using NodeMesh.Cli.Describe;
using NodeMesh.Cli.Install;
using NodeMesh.Cli.Local;
using NodeMesh.Cli.Offline;
using NodeMesh.Cli.Proxy;
using NodeMesh.Cli.Tap;

namespace NodeMesh.Cli;

/// <summary>The root of the command line. Each group of commands lives in a folder of its own and is added by one line here.</summary>
internal static class NodeMeshCommand
{
    /// <summary>Makes the root command.</summary>
    public static RootCommand Create()
    {
        RootCommand root = new("NodeMesh: a service mesh without sidecars, one proxy per node.")
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
            DescribeCommand.Create(),
            TapCommand.Create(),
            DashboardCommand.Create(),
            LogsLevelCommand.Create(),
            BugReportCommand.Create(),
            ValidateCommand.Create(),
            AnalyzeCommand.Create(),
            ExplainCommand.Create(),
            CrdsCommand.Create(),
            CompletionCommand.Create(),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            // Another system's: here it is a path.
            help.Aliases.Remove("/h");
            help.Aliases.Remove("/?");
        }

        return root;
    }
}
