using NodeMesh.Linux.Bpf;

namespace NodeMesh.Linux.Tests.Bpf;

public sealed class BpfObjectTests
{
    private static readonly byte[] Packet = new byte[64];

    [Fact]
    public void Open_NotAnObject_SaysWhat()
    {
        var failure = Assert.Throws<BpfException>(() => BpfObject.Open("not ELF at all, only words"u8, "words"));
        Assert.Contains("opening BPF object words", failure.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, failure.Errno);
        Assert.NotEmpty(failure.Log);

        Assert.Throws<BpfException>(() => BpfTestObjects.Open("nothing"));
    }

    [Fact]
    public void Load_ProgramThatTheVerifierRefuses_TellsItsLastLines()
    {
        using var refused = BpfTestObjects.Open("refused");

        var failure = Assert.Throws<BpfException>(refused.Load);

        Assert.Equal(BpfErrno.Refused, failure.Errno);
        Assert.Contains("map_value_or_null", failure.Message, StringComparison.Ordinal);
        Assert.Contains(failure.Log, l => l.Contains("'unchecked'", StringComparison.Ordinal));
        Assert.False(refused.IsLoaded);
        Assert.Throws<InvalidOperationException>(() => refused.Program("unchecked").Info);
    }

    [Fact]
    public void Load_RefusedProgramLeftOut_Works()
    {
        using var refused = BpfTestObjects.Open("refused");
        refused.Program("unchecked").AutoLoad = false;
        refused.Load();

        Assert.False(refused.Program("unchecked").AutoLoad);
        Assert.Throws<BpfException>(() => refused.Program("unchecked").Info);
        using var values = refused.Map<uint, ulong>("values");
        values.Set(0, 1);
    }

    [Fact]
    public void Names_Unknown_ListWhatThereIs()
    {
        using var probe = BpfTestObjects.Open("probe");
        Assert.Equal(["count"], probe.ProgramNames);
        Assert.Contains("flows", probe.MapNames);
        Assert.Contains("count", Assert.Throws<BpfException>(() => probe.Program("absent")).Message, StringComparison.Ordinal);
        Assert.Contains("flows", Assert.Throws<BpfException>(() => probe.Map("absent")).Message, StringComparison.Ordinal);
        Assert.Throws<BpfException>(() => probe.GetGlobal<uint>("absent"));
        Assert.Throws<BpfException>(() => probe.TypeLayout("absent"));
        Assert.Throws<InvalidOperationException>(() => probe.Map<uint, Flow>("flows"));
    }

    [Fact]
    public void TestRun_Globals_ReachTheProgramAndComeBack()
    {
        using var probe = BpfTestObjects.Open("probe");
        Assert.Equal(7u, probe.GetGlobal<uint>("verdict"));
        probe.SetGlobal("verdict", 2u);
        probe.SetGlobal("runs", 40ul);
        Assert.Throws<BpfException>(() => probe.SetGlobal("verdict", 2ul));
        probe.Load();

        Assert.Equal(2u, probe.Program("count").TestRun(Packet).ReturnValue);
        probe.Program("count").TestRun(Packet);

        Assert.Equal(42ul, probe.GetGlobal<ulong>("runs"));
        probe.SetGlobal("runs", 1ul);
        probe.Program("count").TestRun(Packet);
        Assert.Equal(2ul, probe.GetGlobal<ulong>("runs"));
        Assert.Equal(BpfErrno.NotPermitted, Assert.Throws<BpfException>(() => probe.SetGlobal("verdict", 3u)).Errno);
        Assert.Throws<InvalidOperationException>(probe.Load);
    }

    [Fact]
    public void TestRun_PerCpuCounter_AddsUp()
    {
        using var probe = BpfTestObjects.Load("probe");
        using var counters = probe.PerCpuMap<uint, ulong>("counters");
        for (var i = 0; i < 10; i++)
        {
            probe.Program("count").TestRun(Packet);
        }

        var values = new ulong[BpfPerCpuMap<uint, ulong>.ProcessorCount];
        Assert.True(counters.TryGetValues(0, values));
        Assert.Equal(10ul, values.Aggregate((a, b) => a + b));
    }

    [Fact]
    public void TestRun_Repeat_RunsAsOftenAsAsked()
    {
        using var probe = BpfTestObjects.Load("probe");
        probe.Program("count").TestRun(Packet, repeat: 1000);
        Assert.Equal(1000ul, probe.GetGlobal<ulong>("runs"));
    }

    [Fact]
    public void TypeLayout_OfAMapsValue_IsThatOfTheStruct()
    {
        using var probe = BpfTestObjects.Open("probe");
        var layout = probe.TypeLayout("struct flow");
        Assert.Equal(40, layout.Size);
        Assert.Equal(
            [new("cookie", 0, 8), new("address", 8, 16), new("port", 24, 2), new("flags", 26, 2), new("pair", 28, 8)],
            layout.Members);
        Assert.Empty(layout.Differences<Flow>());
    }

    [Fact]
    public void TypeLayout_OtherStruct_TellsEachDifference()
    {
        using var probe = BpfTestObjects.Open("probe");
        var differences = probe.TypeLayout("prefix").Differences<Wrong>();
        Assert.Contains(differences, d => d.Contains("size", StringComparison.Ordinal));
        Assert.Contains(differences, d => d.Contains("address", StringComparison.Ordinal));
    }

    [Fact]
    public void ReuseFrom_PinnedMap_SharesItsEntries()
    {
        using var pins = new BpfPinDirectory();
        using (var first = BpfTestObjects.Open("probe"))
        {
            first.SetMaxEntries("flows", 32);
            first.Load();
            using var flows = first.Map<uint, Flow>("flows");
            Assert.Equal(32, flows.Info.MaxEntries);
            flows.Set(0, new Flow { Port = 10 });
            flows.Pin(pins.File("flows"));
        }

        using var second = BpfTestObjects.Open("probe");
        using (var pinned = BpfMap.OpenPinned(pins.File("flows")))
        {
            Assert.True(second.Map("flows").Matches(pinned.Info));
            second.Map("flows").ReuseFrom(pinned);
            Assert.Equal(BpfErrno.Invalid, Assert.Throws<BpfException>(() => second.Map("recent").ReuseFrom(pinned)).Errno);
        }

        second.Load();
        second.Program("count").TestRun(Packet);
        using var shared = BpfMap<uint, Flow>.OpenPinned(pins.File("flows"));
        Assert.True(shared.TryGetValue(0, out var flow));
        Assert.Equal(11, flow.Port);
    }

    [Fact]
    public void Pins_OfAnotherKind_AreNotTakenForIt()
    {
        using var pins = new BpfPinDirectory();
        using var probe = BpfTestObjects.Load("probe");
        probe.Program("count").Pin(pins.File("program"));

        Assert.Contains("bpf-prog", Assert.Throws<BpfException>(() => BpfMap.OpenPinned(pins.File("program"))).Message, StringComparison.Ordinal);
        Assert.Throws<BpfException>(() => BpfLink.OpenPinned(pins.File("program")));
        Assert.Equal(BpfErrno.NotFound, Assert.Throws<BpfException>(() => BpfMap.OpenPinned(pins.File("absent"))).Errno);
        using var opened = BpfProgram.OpenPinned(pins.File("program"));
        Assert.Equal("count", opened.Name);
        Assert.Equal(probe.Program("count").Info.Tag, opened.Info.Tag);
        Assert.Equal(7u, opened.TestRun(Packet).ReturnValue);
    }

    [Fact]
    public void Inventory_LoadedObject_IsFoundByNameAndTag()
    {
        using var probe = BpfTestObjects.Load("probe");
        var info = probe.Program("count").Info;

        var found = Assert.Single(BpfInventory.Programs(), p => p.Id == info.Id);
        Assert.Equal("count", found.Name);
        Assert.Equal(16, found.Tag.Length);
        Assert.NotEmpty(found.MapIds);
        using var again = BpfProgram.OpenById(info.Id);
        Assert.Equal(info.Tag, again.Info.Tag);
        using var flows = probe.Map<uint, Flow>("flows");
        Assert.Contains(flows.Info.Id, found.MapIds);
        Assert.Contains(BpfInventory.Maps(), m => m == flows.Info);
        using var map = BpfMap.OpenById(flows.Info.Id);
        Assert.Equal(BpfMapType.Hash, map.Info.Type);
    }

    /// <summary><c>struct prefix</c> with a longer address.</summary>
    private readonly record struct Wrong(uint Length, ulong Address);
}
