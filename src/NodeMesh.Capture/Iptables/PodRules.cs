using System.Collections.Immutable;
using System.Globalization;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Tools;

namespace NodeMesh.Capture.Iptables;

/// <summary>The rules and routes of one address family in one pod's namespace.</summary>
internal sealed class PodRules(NetworkNamespace ns, AddressFamilyTools family)
{
    private const string AlreadyThere = "File exists";
    private const string AlreadyGone = "No such file or directory";
    private const string NoSuchTable = "FIB table does not exist";
    private static readonly string[] RestoreArguments = ["--noflush", "--wait", "10"];

    /// <summary>Puts the rules in place, or replaces those of an earlier capture, and checks that they are.</summary>
    internal async Task ApplyAsync(CaptureExclusions exclusions, CancellationToken ct)
    {
        var tables = CaptureRules.Build(exclusions, family);
        var state = await ReadAsync(ct);
        await RouteAsync("add", "replace", AlreadyThere, ct);
        await LinuxTool.RequireAsync(ns, family.RestoreTool, RestoreArguments, RuleScript.Apply(tables, state), ct);
        Verify(tables, await ReadAsync(ct));
    }

    /// <summary>Removes what redirects new connections. The table sees the first packet of each alone: those that are redirected already stay so.</summary>
    internal Task OpenAsync(CancellationToken ct) => RemoveAsync([.. Tables().Where(t => t.Name == "nat")], ct);

    /// <summary>Puts the rules back where somebody has removed some.</summary>
    /// <returns>True when they had to be put back.</returns>
    internal async Task<bool> RepairAsync(CaptureExclusions exclusions, CancellationToken ct)
    {
        if (FindMissing(CaptureRules.Build(exclusions, family), await ReadAsync(ct)) is null)
        {
            return false;
        }

        await ApplyAsync(exclusions, ct);
        return true;
    }

    /// <summary>Removes every rule and route of the mesh.</summary>
    internal async Task RemoveAsync(CancellationToken ct)
    {
        await RemoveAsync(Tables(), ct);
        await RouteAsync("del", "flush", AlreadyGone, ct);
    }

    private ImmutableArray<RuleTable> Tables() => CaptureRules.Build(CaptureExclusions.None, family);

    private async Task RemoveAsync(ImmutableArray<RuleTable> tables, CancellationToken ct)
    {
        var script = RuleScript.Remove(tables, await ReadAsync(ct));
        if (script.Length > 0)
        {
            await LinuxTool.RequireAsync(ns, family.RestoreTool, RestoreArguments, script, ct);
        }
    }

    private async Task<RuleState> ReadAsync(CancellationToken ct) => RuleState.Parse(await LinuxTool.RequireAsync(ns, family.SaveTool, [], null, ct));

    /// <summary>The rule that sends answers of looped connections to a table which calls every address local.</summary>
    private async Task RouteAsync(string ruleVerb, string routeVerb, string harmless, CancellationToken ct)
    {
        var table = CaptureMarks.RouteTable.ToString(CultureInfo.InvariantCulture);
        var route = routeVerb == "flush" ? $"route flush table {table}" : $"route {routeVerb} local {family.Everything} dev lo table {table}";
        var rule = string.Create(
            CultureInfo.InvariantCulture, $"rule {ruleVerb} pref {CaptureMarks.RulePreference} fwmark 0x{CaptureMarks.Looped:x}/0x{CaptureMarks.Mask:x} lookup {table}");
        // -force goes on after the one failure that is none.
        var result = await LinuxTool.RunAsync(ns, "ip", [family.IpFlag, "-force", "-batch", "-"], $"{route}\n{rule}\n", ct);
        var failure = result.Error.Split('\n').FirstOrDefault(l => l.Length > 0 && !IsHarmless(l, harmless));
        if (failure is not null)
        {
            throw new ToolException($"ip {family.IpFlag} '{rule}' in {ns.Path}: {failure}");
        }
    }

    private static bool IsHarmless(string line, string harmless) =>
        line.StartsWith("Command failed", StringComparison.Ordinal)
        || line.EndsWith(harmless, StringComparison.Ordinal)
        || line.Contains(NoSuchTable, StringComparison.Ordinal)
        || line.StartsWith("Flush terminated", StringComparison.Ordinal);

    private void Verify(ImmutableArray<RuleTable> tables, RuleState state)
    {
        if (FindMissing(tables, state) is { } missing)
        {
            throw new ToolException(
                $"{family.RestoreTool} succeeded in {ns.Path}, but {family.SaveTool} does not show its rules in {missing}; are two variants (nft, legacy) installed side by side?");
        }
    }

    /// <summary>Table and chain of the first rules that are not there; null when all are.</summary>
    private static string? FindMissing(ImmutableArray<RuleTable> tables, RuleState state)
    {
        foreach (var table in tables)
        {
            var chain = state.Rules(table.Name, CaptureRules.IncomingChain) != table.Incoming.Length ? CaptureRules.IncomingChain
                : state.Rules(table.Name, CaptureRules.OutgoingChain) != table.Outgoing.Length ? CaptureRules.OutgoingChain
                : state.Jumps(table.Name, "PREROUTING", CaptureRules.IncomingChain) == 0 ? "PREROUTING"
                : state.Jumps(table.Name, "OUTPUT", CaptureRules.OutgoingChain) == 0 ? "OUTPUT"
                : null;
            if (chain is not null)
            {
                return $"{table.Name} {chain}";
            }
        }

        return null;
    }
}
