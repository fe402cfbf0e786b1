using System.Collections.Immutable;
using NodeMesh.Linux.Tools;

namespace NodeMesh.Capture.Iptables;

/// <summary>Tries the real rules in a namespace that ends with the tool that tries them.</summary>
internal static class IptablesProbe
{
    private static readonly ImmutableArray<(string Tool, string Package)> Tools =
    [
        ("nsenter", "util-linux"), ("unshare", "util-linux"), ("ip", "iproute2"), ("iptables-save", "iptables"), ("iptables-restore", "iptables"),
        ("ip6tables-save", "iptables"), ("ip6tables-restore", "iptables"),
    ];

    internal static async Task<ImmutableArray<string>> RunAsync(CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return ["capture needs root (CAP_NET_ADMIN and CAP_SYS_ADMIN): run as root"];
        }

        var missing = Tools.Where(t => !ToolPath.Has(t.Tool)).Select(t => $"{t.Tool} is missing: apt-get install {t.Package}").ToImmutableArray();
        if (!missing.IsEmpty)
        {
            return missing;
        }

        var problems = ImmutableArray.CreateBuilder<string>();
        foreach (var family in (AddressFamilyTools[])[AddressFamilyTools.V4, AddressFamilyTools.V6])
        {
            if (family == AddressFamilyTools.V6 && !Directory.Exists("/proc/sys/net/ipv6"))
            {
                continue;
            }

            var script = RuleScript.Apply(CaptureRules.Build(CaptureExclusions.None, family), RuleState.Parse(string.Empty));
            var result = await LinuxTool.RunAsync(null, "unshare", ["--net", "--", family.RestoreTool, "--noflush"], script, ct);
            if (!result.Succeeded)
            {
                problems.Add(
                    $"{family.RestoreTool} refuses the capture rules ({result.Error.Trim().ReplaceLineEndings(" ")}): load the modules xt_REDIRECT, xt_mark, xt_connmark, xt_CT, or install iptables' other variant");
            }
        }

        return problems.ToImmutable();
    }
}
