using FsCheck;
using FsCheck.Fluent;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Editing;

/// <summary>Fields that settle by themselves: the rules, for any values, and what people see of them.</summary>
public sealed class PolicyTests
{
    private static readonly Field s_number = new("f", FieldType.Integer);
    private static readonly Field s_set = new("f", FieldType.Json);
    private static readonly Gen<object?> s_values = Gen.OneOf(Gen.Constant<object?>(null), Gen.Choose(-5, 5).Select(i => (object?)(long)i), Gen.Constant((object?)long.MaxValue), Gen.Constant((object?)"text"));
    private static readonly Gen<object?> s_sets = Gen.OneOf(
        Gen.Constant<object?>(null), Gen.Constant((object?)"no json"), Gen.Constant((object?)"{}"),
        Gen.SubListOf(1, 2, 3, 4).Select(l => (object?)("[" + string.Join(',', l) + "]")));

    private readonly MemoryDatabase _database = Shop.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IEnumerable<FieldPolicy> Policies =>
        [FieldPolicy.Ask, FieldPolicy.Mine, FieldPolicy.Theirs, FieldPolicy.Max, FieldPolicy.Min, FieldPolicy.Add, FieldPolicy.Union, FieldPolicy.Custom((_, mine, theirs) => mine ?? theirs)];

    [Fact]
    public void Policies_OfAnyValues_GiveAnAnswerOrAsk() => Check(s_values, s_number, Policies, (edit, field, policy) =>
    {
        var settled = edit.Settle(field, policy);
        // Whatever happens is one of three: nothing to do, an answer based on theirs, or the conflict as it was.
        return settled == edit || Values.Same(field, settled.Base, edit.Theirs) && !settled.IsConflict(field);
    });

    [Fact]
    public void Policies_SettledTwice_ChangeNothing() => Check(s_values, s_number, Policies, (edit, field, policy) =>
        edit.Settle(field, policy).Settle(field, policy).Equals(edit.Settle(field, policy)));

    [Fact]
    public void MaxAndMin_InEitherOrder_EndTheSame() => CheckOrders(s_values, s_number, [FieldPolicy.Max, FieldPolicy.Min]);

    [Fact]
    public void Add_InEitherOrder_EndsTheSame() => CheckOrders(Gen.Choose(-9, 9).Select(i => (object?)(long)i), s_number, [FieldPolicy.Add]);

    [Fact]
    public void Add_OfDecimals_InEitherOrder_EndsTheSame() =>
        CheckOrders(Gen.Choose(-999, 999).Select(i => (object?)(i / 100m)), new Field("f", FieldType.Decimal), [FieldPolicy.Add]);

    [Fact]
    public void Union_InEitherOrder_EndsWithTheSameElements() => Prop.ForAll(Sets().ToArbitrary(), s =>
        AsSet(Land(s.Basis, s.A, s.B)) is { } one && AsSet(Land(s.Basis, s.B, s.A)) is { } other && one.SetEquals(other)).QuickCheckThrowOnFailure();

    [Fact]
    public void Union_KeepsWhatCameInAndDropsWhatWasTakenOut() => Prop.ForAll(Sets().ToArbitrary(), s =>
    {
        var (basis, a, b) = (AsSet(s.Basis), AsSet(s.A), AsSet(s.B));
        var wanted = a.Union(b).Where(e => !basis.Contains(e) || (a.Contains(e) && b.Contains(e)));
        return AsSet(Land(s.Basis, s.A, s.B)).SetEquals(wanted);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(10L, 11L, 11L, 12L)]
    [InlineData(null, 1L, 5L, 6L)]
    [InlineData(10L, 7L, null, -3L)]
    public void Add_CountsWhatEachSideAdded(long? basis, long mine, long? theirs, long wanted)
    {
        var edit = FieldEdit.Start(basis).Set(s_number, mine).Follow(s_number, theirs, FieldPolicy.Add);

        Assert.Equal(wanted, edit.Value);
        Assert.False(edit.IsConflict(s_number));
        Assert.Equal(theirs, edit.Base);
    }

    [Theory]
    [InlineData(10L, long.MaxValue)]
    [InlineData(null, 5L)]
    public void Add_WithoutAnAnswer_Asks(long? mine, long theirs)
    {
        var edit = FieldEdit.Start(0L).Set(s_number, mine).Follow(s_number, theirs, FieldPolicy.Add);

        Assert.Equal(mine, edit.Value);
        Assert.True(edit.IsConflict(s_number));
    }

    [Fact]
    public async Task Counter_OfEightWriters_LandsEveryoneWithoutAConflict()
    {
        var (_, key) = await AddAsync();
        var line = new FlakyDatabase(_database) { Queues = true };
        var goods = line.Find("goods")!;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            // Taking turns, each finds out at most once that another was first: two rounds are enough for everybody.
            var options = new RecordEditOptions { MaxRounds = 2 };
            options.Policies["stock"] = FieldPolicy.Add;
            using var edit = (await RecordEdit.OpenAsync(line, goods, key, $"Writer {n}", options, Token))!;
            for (var i = 0; i < 50; i++)
            {
                edit.Update("stock", seen => (long)seen! + 1);
                Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
                Assert.Empty(edit.Conflicts);
            }
        }, Token)));

        Assert.Equal(7L + 400, (await goods.GetAsync(key, Token))!["stock"]);
    }

    [Fact]
    public async Task Counter_ToWhichAnotherAddedTheSame_CountsBoth()
    {
        var (_, key) = await AddAsync();
        var line = new FlakyDatabase(_database);
        var options = new RecordEditOptions();
        options.Policies["stock"] = FieldPolicy.Add;
        using var edit = (await RecordEdit.OpenAsync(line, line.Find("goods")!, key, "Bob", options, Token))!;
        edit["stock"] = 8L;
        line.First = () => _database.Find("goods")!.WriteAsync(new Write.Update(key, Patch.Of("stock", 8L), Guard.None, new WriteContext("Ann")), Token);

        Assert.Equal(9L, Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token)).Stored["stock"]);
        Assert.Equal(9L, edit["stock"]);
    }

    [Fact]
    public async Task Conflict_OfAMergedAndAnAskedField_AsksForTheOneAndKeepsTheOther()
    {
        var (goods, key) = await AddAsync();
        var options = new RecordEditOptions();
        options.Policies["stock"] = FieldPolicy.Max;
        using var edit = (await RecordEdit.OpenAsync(_database, goods, key, "Bob", options, Token))!;
        edit["stock"] = 9L;
        edit["note"] = "mine";
        await goods.WriteAsync(new Write.Update(key, new Patch([new("stock", 12L), new("note", "theirs")]), Guard.None, new WriteContext("Ann")), Token);

        Assert.IsType<SaveResult.Conflicted>(await edit.SaveAsync(Token));

        Assert.Equal("note", Assert.Single(edit.Conflicts).Field);
        Assert.Equal(12L, edit["stock"]);
        edit.Resolve("note", Resolution.Merged("both"));
        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
        var stored = (await goods.GetAsync(key, Token))!;
        Assert.Equal((12L, "both"), (stored["stock"], stored["note"]));
    }

    [Fact]
    public async Task Theirs_AsPolicy_SavesNothingOverWhatOthersStored()
    {
        var (goods, key) = await AddAsync();
        var options = new RecordEditOptions();
        options.Policies["note"] = FieldPolicy.Theirs;
        using var edit = (await RecordEdit.OpenAsync(_database, goods, key, "Bob", options, Token))!;
        edit["note"] = "mine";
        await goods.WriteAsync(new Write.Update(key, Patch.Of("note", "theirs"), Guard.None, new WriteContext("Ann")), Token);

        var saved = Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));

        Assert.Equal("theirs", saved.Stored["note"]);
        Assert.Equal("theirs", edit["note"]);
    }

    [Fact]
    public async Task Policy_OfNoField_IsRefusedAtOnce()
    {
        var (goods, key) = await AddAsync();
        var options = new RecordEditOptions();
        options.Policies["stok"] = FieldPolicy.Add;

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => RecordEdit.OpenAsync(_database, goods, key, "Bob", options, Token));

        Assert.Contains("'stok'", refused.Message, StringComparison.Ordinal);
    }

    private async Task<(ITable Goods, RecordKey Key)> AddAsync()
    {
        var goods = _database.Find("goods")!;
        var added = await goods.WriteAsync(new Write.Insert(new Patch([new("name", "Rye"), new("note", "dark")]), new WriteContext("Ann")), Token);
        return (goods, Assert.IsType<WriteResult.Written>(added).Stored.Key);
    }

    private static Gen<(object? Basis, object? A, object? B)> Sets()
    {
        var lists = Gen.SubListOf(1, 2, 3, 4).Select(l => (object?)("[" + string.Join(',', l) + "]"));
        return from basis in lists from a in lists from b in lists select (basis, a, b);
    }

    /// <summary>One person's value is stored, then the other's edit meets it.</summary>
    private static object? Land(object? basis, object? first, object? second) =>
        FieldEdit.Start(basis).Set(s_set, second).Follow(s_set, first, FieldPolicy.Union).Value;

    private static HashSet<string> AsSet(object? json) => [.. ((string)json!).Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries)];

    private static void Check(Gen<object?> values, Field field, IEnumerable<FieldPolicy> policies, Func<FieldEdit, Field, FieldPolicy, bool> holds)
    {
        var both = Gen.OneOf(values, s_sets);
        var cases = from basis in both from mine in both from theirs in both select FieldEdit.Start(basis).Set(field, mine).Follow(field, theirs);
        foreach (var policy in policies)
        {
            Prop.ForAll(cases.ToArbitrary(), edit => holds(edit, field, policy) && holds(edit, s_set, policy)).QuickCheckThrowOnFailure();
        }
    }

    private static void CheckOrders(Gen<object?> values, Field field, IEnumerable<FieldPolicy> policies)
    {
        var cases = from basis in values from a in values from b in values select (basis, a, b);
        foreach (var policy in policies)
        {
            Prop.ForAll(cases.ToArbitrary(), c =>
            {
                var one = FieldEdit.Start(c.basis).Set(field, c.a);
                var other = FieldEdit.Start(c.basis).Set(field, c.b);
                // Where one side changed nothing there is nothing to merge.
                return !one.IsTouched || !other.IsTouched
                    || Values.Same(field, one.Follow(field, c.b, policy).Value, other.Follow(field, c.a, policy).Value);
            }).QuickCheckThrowOnFailure();
        }
    }
}
