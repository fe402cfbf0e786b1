using System.Collections.Immutable;
using System.Text;

namespace NodeMesh.Capture.Iptables;

/// <summary>Writes what <c>iptables-restore --noflush</c> reads. Each table is applied in one step, so its old rules hold until its new ones do.</summary>
internal static class RuleScript
{
    /// <summary>Replaces the chains' rules, and adds the jumps to them that are missing.</summary>
    internal static string Apply(ImmutableArray<RuleTable> tables, RuleState state)
    {
        var script = new StringBuilder();
        foreach (var table in tables)
        {
            script.Append('*').Append(table.Name).Append('\n');
            // With --noflush a declared chain of one's own is emptied, and made if it is missing.
            script.Append(':').Append(CaptureRules.IncomingChain).Append(" - [0:0]\n");
            script.Append(':').Append(CaptureRules.OutgoingChain).Append(" - [0:0]\n");
            AddRules(script, CaptureRules.IncomingChain, table.Incoming);
            AddRules(script, CaptureRules.OutgoingChain, table.Outgoing);
            AddJump(script, state, table.Name, "PREROUTING", CaptureRules.IncomingChain);
            AddJump(script, state, table.Name, "OUTPUT", CaptureRules.OutgoingChain);
            script.Append("COMMIT\n");
        }

        return script.ToString();
    }

    /// <summary>Removes the jumps and the chains that are there; empty when nothing is.</summary>
    internal static string Remove(ImmutableArray<RuleTable> tables, RuleState state)
    {
        var script = new StringBuilder();
        // The other way round: nothing is redirected any more when the answers' way back goes.
        foreach (var table in tables.Reverse())
        {
            var body = new StringBuilder();
            RemoveChain(body, state, table.Name, "PREROUTING", CaptureRules.IncomingChain);
            RemoveChain(body, state, table.Name, "OUTPUT", CaptureRules.OutgoingChain);
            if (body.Length > 0)
            {
                script.Append('*').Append(table.Name).Append('\n').Append(body).Append("COMMIT\n");
            }
        }

        return script.ToString();
    }

    private static void AddRules(StringBuilder script, string chain, ImmutableArray<string> rules)
    {
        foreach (var rule in rules)
        {
            script.Append("-A ").Append(chain).Append(' ').Append(rule).Append('\n');
        }
    }

    private static void AddJump(StringBuilder script, RuleState state, string table, string hook, string chain)
    {
        if (state.Jumps(table, hook, chain) == 0)
        {
            // First in the hook: another's rule must not take a packet before.
            script.Append("-I ").Append(hook).Append(" 1 -j ").Append(chain).Append('\n');
        }
    }

    private static void RemoveChain(StringBuilder script, RuleState state, string table, string hook, string chain)
    {
        for (var i = state.Jumps(table, hook, chain); i > 0; i--)
        {
            script.Append("-D ").Append(hook).Append(" -j ").Append(chain).Append('\n');
        }

        if (state.HasChain(table, chain))
        {
            script.Append("-F ").Append(chain).Append("\n-X ").Append(chain).Append('\n');
        }
    }
}
