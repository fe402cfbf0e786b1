namespace NodeMesh.Capture.Iptables;

/// <summary>What <c>iptables-save</c> says is there now.</summary>
internal sealed class RuleState
{
    private readonly HashSet<(string Table, string Chain)> _chains = [];
    private readonly Dictionary<(string Table, string Chain), int> _rules = [];
    private readonly Dictionary<(string Table, string Hook, string Chain), int> _jumps = [];

    private RuleState()
    {
    }

    /// <summary>Reads the output of <c>iptables-save</c> or <c>ip6tables-save</c>.</summary>
    internal static RuleState Parse(string saved)
    {
        var state = new RuleState();
        var table = string.Empty;
        foreach (var line in saved.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            switch (line[0])
            {
                case '*':
                    table = line[1..];
                    break;
                case ':':
                    state._chains.Add((table, line[1..].Split(' ')[0]));
                    break;
                case '-':
                    state.AddRule(table, line.Split(' '));
                    break;
            }
        }

        return state;
    }

    internal bool HasChain(string table, string chain) => _chains.Contains((table, chain));

    internal int Rules(string table, string chain) => _rules.GetValueOrDefault((table, chain));

    internal int Jumps(string table, string hook, string chain) => _jumps.GetValueOrDefault((table, hook, chain));

    private void AddRule(string table, string[] words)
    {
        if (words is not ["-A", var chain, ..])
        {
            return;
        }

        _rules[(table, chain)] = Rules(table, chain) + 1;
        if (words is [_, _, "-j", var target])
        {
            _jumps[(table, chain, target)] = Jumps(table, chain, target) + 1;
        }
    }
}
