using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>A page of one's own made of live parts: an order with its lines.</summary>
public sealed class OwnPageTests(Stage stage) : Scenario(stage)
{
    [Fact]
    public async Task Order_EditedByTwo_FollowsAndKeepsWhatIsTyped()
    {
        var served = await SampleAsync("Bakery");
        var (mira, tom) = (await InAsync(Mira, served), await InAsync(Tom, served));

        await mira.Page.GetByLabel("Note").FillAsync("Ring twice");
        await tom.Page.GetByLabel("Status").SelectOptionAsync("cancelled");
        await tom.ClickAsync("Save");
        await Expect(mira.Page.GetByLabel("Status")).ToHaveValueAsync("cancelled");
        await Expect(mira.Page.GetByLabel("Note")).ToHaveValueAsync("Ring twice");
        await mira.ClickAsync("Save");
        await Expect(tom.Page.GetByLabel("Note")).ToHaveValueAsync("Ring twice");

        await mira.Page.GetByLabel("Note").FillAsync("Ring once");
        await tom.Page.GetByLabel("Note").FillAsync("Do not ring");
        await tom.ClickAsync("Save");
        await Expect(mira.Page.Locator(".live-conflict")).ToContainTextAsync($"{Tom} changed this to “Do not ring”");
        await mira.ClickAsync("Take theirs");
        await Expect(mira.Page.GetByLabel("Note")).ToHaveValueAsync("Do not ring");
    }

    [Fact]
    public async Task Lines_AddedChangedAndRemoved_AreSeenByTheOther()
    {
        var served = await SampleAsync("Bakery");
        var (mira, tom) = (await InAsync(Mira, served), await InAsync(Tom, served));
        var add = mira.Page.Locator("form.add");
        await add.GetByLabel("Line number").FillAsync("90");
        await add.GetByLabel("Product").SelectOptionAsync("1");
        await add.GetByLabel("Quantity").FillAsync("2");
        await add.GetByLabel("Unit price").FillAsync("3.50");
        await mira.ClickAsync("Add");

        var row = tom.Page.Locator("tr[data-key='1,90']");
        await Expect(row.Locator("[data-field=amount]")).ToHaveTextAsync("7.00");
        await Expect(add.GetByLabel("Line number")).ToHaveValueAsync("");

        await row.GetByLabel("Quantity").FillAsync("4");
        await row.GetByLabel("Quantity").PressAsync("Enter");
        await Expect(mira.Page.Locator("tr[data-key='1,90'] [data-field=amount]")).ToHaveTextAsync("14.00");

        await mira.Page.Locator("tr[data-key='1,90']").GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Parts_ComingAndGoing_RegisterAndUnregister_AndThereIsSilenceWithoutAny()
    {
        var served = await SampleAsync("Bakery");
        var mira = await InAsync(Mira, served);
        var registered = () => mira.Page.EvaluateAsync<int>("() => tandem.connection.registered");
        var before = await registered();
        await mira.Page.EvaluateAsync("""
            () => {
              const part = Object.assign(document.createElement("span"), { id: "late" });
              Object.assign(part.dataset, { live: "text", table: "products", key: "1", field: "name" });
              document.body.append(part);
            }
            """);
        await Expect(mira.Page.Locator("#late")).Not.ToHaveTextAsync("");
        Assert.Equal(before + 1, await registered());
        var name = "Loaf " + Guid.NewGuid().ToString("N")[..6];
        await served.ChangeAsync("products", "1", new Dictionary<string, object?> { ["name"] = name });
        await Expect(mira.Page.Locator("#late")).ToHaveTextAsync(name);
        await mira.Page.EvaluateAsync("() => document.querySelector('#late').remove()");
        await mira.Page.WaitForFunctionAsync("n => tandem.connection.registered === n", before);

        // A hundred that appear together register in one message.
        var sent = await mira.Page.EvaluateAsync<int>("() => tandem.connection.sent");
        await mira.Page.EvaluateAsync("""
            () => {
              const all = document.createElement("p");
              for (let key = 1; key <= 100; key++) {
                const part = document.createElement("span");
                Object.assign(part.dataset, { live: "text", table: "products", key, field: "name" });
                all.append(part);
              }
              document.body.append(all);
            }
            """);
        await Expect(mira.Page.Locator("p > span[data-live]:not(:empty)")).ToHaveCountAsync(100);
        Assert.Equal(sent + 1, await mira.Page.EvaluateAsync<int>("() => tandem.connection.sent"));

        await mira.Page.EvaluateAsync("() => document.body.replaceChildren()");
        await mira.Page.WaitForFunctionAsync("() => tandem.connection.registered === 0 && document.documentElement.dataset.tandem === 'idle'");
    }

    private async Task<Person> InAsync(string name, Served served)
    {
        var person = await PersonAsync(name, served);
        await person.VisitAsync("/orders/1");
        await Expect(person.Page.Locator("html")).ToHaveAttributeAsync("data-tandem", "live");
        // The forms are bound once their records are read.
        await Expect(person.Page.Locator("form[data-state=same]")).ToHaveCountAsync(2);
        return person;
    }
}
