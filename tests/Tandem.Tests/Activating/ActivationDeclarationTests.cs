using Tandem.Activating;
using Tandem.Entities;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Tests.Activating;

public sealed class ActivationDeclarationTests
{
    [Fact]
    public async Task Activatable_ByLambdas_NamesTheFieldsOfTheTable()
    {
        var options = new TandemOptions();
        options.Entity<Offer>().Activatable<Offer>(o => o.IsActive).Switch(o => o.IsWanted).From(o => o.ValidFrom).Until(o => o.LastDay).Mask(o => o.Hours).In("Europe/Berlin");
        options.UseMemory();
        await using var database = await options.Open!(null!, TestContext.Current.CancellationToken);

        ActivationDeclaration.Check(options.Activatables, database);

        var activation = database.Find("offer")!.Schema.Activation!;
        Assert.Equal(["is_active", "is_wanted", "valid_from", "last_day", "hours"], activation.Fields);
        Assert.Equal("Europe/Berlin", activation.Zone.Id);
        Assert.True(activation.IsKept);
    }

    [Fact]
    public void Check_SeveralFaults_AreNamedAtOnce()
    {
        var options = new TandemOptions();
        options.Activatable("offers", "name", from: "nothing", until: "hours", mask: "hours", zone: "Berlin");
        options.Activatable("gone", "is_active");
        var database = new MemoryDatabase();
        database.Add(new TableSchema("offers", [new Field("id", FieldType.Integer) { IsNullable = false }, new Field("name", FieldType.Text), new Field("hours", FieldType.Text)], ["id"]));

        var message = Assert.Throws<ArgumentException>(() => ActivationDeclaration.Check(options.Activatables, database)).Message;

        foreach (var named in new[] { "'name'", "'nothing'", "'hours'", "'Berlin'", "'gone'" })
        {
            Assert.Contains(named, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Activation_SeenByWhoeverSeesSomeFields_IsKeptAllTheSame()
    {
        var whole = new Activation("is_active", From: "valid_from");

        Assert.True(whole.Within(f => f == "is_active")!.IsKept);
        Assert.Equal(["is_active"], whole.Within(f => f == "is_active")!.Fields);
        Assert.Null(whole.Within(f => f != "is_active"));
    }

    private sealed class Offer
    {
        public long Id { get; set; }

        public bool IsActive { get; set; }

        public bool IsWanted { get; set; }

        public DateTimeOffset? ValidFrom { get; set; }

        public DateOnly? LastDay { get; set; }

        public string? Hours { get; set; }
    }
}
