using Tandem.Access;
using Tandem.Activating;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Tests.Access;

/// <summary>Who may make records active, apart from who may change them.</summary>
public sealed class ActivationRightsTests
{
    private static readonly User s_ann = new("ann", Role.Member);
    private static readonly TableAction[] s_look = [TableAction.View];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(new[] { TableAction.Change }, "name", true)]
    [InlineData(new[] { TableAction.Change }, "is_active", false)]
    [InlineData(new[] { TableAction.Change }, "name,is_active", false)]
    [InlineData(new[] { TableAction.Enable }, "name", false)]
    [InlineData(new[] { TableAction.Enable }, "is_active", true)]
    [InlineData(new[] { TableAction.Enable }, "name,is_active", false)]
    [InlineData(new[] { TableAction.Change, TableAction.Enable }, "name,is_active", true)]
    public async Task Update_ByRights_TouchesWhatTheyAreAbout(TableAction[] actions, string fields, bool isWritten)
    {
        var (database, rights) = await StartAsync(new Activation("is_active"), Grant([.. s_look, .. actions]));
        var table = PermittedTable.Of(database.Find("offers")!, rights, s_ann)!;
        var names = fields.Split(',');

        var result = await table.WriteAsync(Update(1, [.. names.Select(n => KeyValuePair.Create<string, object?>(n, n == "name" ? "other" : true))]), Token);

        Assert.Equal(isWritten, result is WriteResult.Written);
        Assert.All(names, name =>
        {
            var may = actions.Contains(name == "name" ? TableAction.Change : TableAction.Enable);
            // A form never offers what the save refuses.
            Assert.Equal(may, !table.Schema[name].IsReadOnly && table.DecisionOf(TableAction.Change).IsAllowed);
            Assert.Equal(may, rights.Explain(s_ann, database.Find("offers")!.Schema, TableAction.Change, field: name).IsAllowed);
        });
    }

    [Fact]
    public async Task Update_EnableOfSomeRecordsOnly_IsRefusedForOthers()
    {
        var (database, rights) = await StartAsync(new Activation("is_active"), Grant([TableAction.View, TableAction.Change]), Grant([TableAction.Enable]) with { Filter = "name eq 'one'" });
        var table = PermittedTable.Of(database.Find("offers")!, rights, s_ann)!;

        Assert.IsType<WriteResult.Written>(await table.WriteAsync(Update(1, [new("is_active", true)]), Token));
        Assert.IsType<WriteResult.Missing>(await table.WriteAsync(Update(2, [new("is_active", true)]), Token));
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(Update(2, [new("name", "deux")]), Token));
        var two = (await database.Find("offers")!.GetAsync(new RecordKey(2L), Token))!;
        Assert.False(table.DecisionOf(TableAction.Change).Allows(two, "is_active"));
        Assert.True(table.DecisionOf(TableAction.Change).Allows(two, "name"));
    }

    [Fact]
    public async Task Insert_WithoutTheRightToEnable_BeginsInactive()
    {
        var (database, rights) = await StartAsync(new Activation("is_active"), Grant([TableAction.View, TableAction.Add]));
        var table = PermittedTable.Of(database.Find("offers")!, rights, s_ann)!;

        Assert.IsType<WriteResult.Rejected>(await table.WriteAsync(new Write.Insert(new Patch([new("id", 3L), new("name", "three"), new("is_active", true)]), new WriteContext("ann")), Token));
        var added = Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Insert(new Patch([new("id", 3L), new("name", "three")]), new WriteContext("ann")), Token));

        Assert.Equal(false, added.Stored["is_active"]);
        Assert.True(table.AddingSchema["is_active"].IsReadOnly);
    }

    [Fact]
    public async Task Update_OfWhatTandemKeepsUp_IsNobodysNotEvenAnAdministrators()
    {
        var (database, rights) = await StartAsync(new Activation("is_active", From: "valid_from"), Grant([TableAction.View]));
        var table = PermittedTable.Of(database.Find("offers")!, rights, new User("ada", Role.Administrator))!;

        var refused = Assert.IsType<WriteResult.Rejected>(await table.WriteAsync(Update(1, [new("is_active", true)]), Token));

        Assert.Contains("Valid from", Assert.Single(refused.Errors).Message, StringComparison.Ordinal);
        Assert.True(table.Schema["is_active"].IsReadOnly);
        Assert.False(table.Schema["valid_from"].IsReadOnly);
    }

    [Fact]
    public async Task Policy_ThatNamesTheOnlyFieldsToWrite_CountsForThoseThatMakeActiveToo()
    {
        var (database, _) = await StartAsync(new Activation("is_active"));
        await using var book = new GrantBook("tandem_grants");
        var editor = new User("tom", Role.Editor);
        var rights = new Rights(false, book, [new Policy<Offer>("offers", (user, o) => true).Change(o => o.Name)]);
        var table = PermittedTable.Of(database.Find("offers")!, rights, editor)!;

        Assert.IsType<WriteResult.Written>(await table.WriteAsync(Update(1, [new("name", "uno")]), Token));
        Assert.IsType<WriteResult.Rejected>(await table.WriteAsync(Update(1, [new("is_active", true)]), Token));
    }

    private static Grant Grant(IReadOnlyList<TableAction> actions) => new(Guid.NewGuid().ToString(), SubjectKind.User, "ann", true, [.. actions]) { Table = "offers" };

    private static Write.Update Update(long id, IEnumerable<KeyValuePair<string, object?>> set) => new(new RecordKey(id), new Patch(set), Guard.None, new WriteContext("ann"));

    private static async Task<(MemoryDatabase, Rights)> StartAsync(Activation activation, params Grant[] grants)
    {
        var options = new TandemOptions();
        options.Activatable("offers", activation.Active, from: activation.From);
        var database = new MemoryDatabase();
        var offers = database.Add(options.Refine(new TableSchema(
            "offers",
            [
                new Field("id", FieldType.Integer) { IsNullable = false },
                new Field("name", FieldType.Text) { IsNullable = false },
                new Field("is_active", FieldType.Boolean) { IsNullable = false },
                new Field("valid_from", FieldType.Instant),
            ],
            ["id"])));
        foreach (var (id, name) in new[] { (1L, "one"), (2L, "two") })
        {
            await offers.WriteAsync(new Write.Insert(new Patch([new("id", id), new("name", name), new("is_active", false)]), new WriteContext("test")), Token);
        }

        var book = new GrantBook("tandem_grants");
        book.Replace(grants);
        return (database, new Rights(false, book, []));
    }

    private sealed class Offer
    {
        public long Id { get; set; }

        public string Name { get; set; } = "";

        public bool IsActive { get; set; }
    }
}
