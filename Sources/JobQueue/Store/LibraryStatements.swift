/// The SQL of `PostgresJobStore`'s library.
enum LibraryStatements {
    static let putRecipe = Statement(
        "library.put-recipe", "select p.version, p.is_new from rundum.put_recipe($1, $2, $3, $4, $5, $6) p")

    /// A version that is null asks for the newest.
    static let recipe = Statement(
        "library.recipe",
        """
        select r.name, r.version, r.workflow, r.abstract, r.options
        from rundum.recipe r join rundum.tenant t on t.id = r.tenant_id
        where t.key = $1 and r.name = $2 and ($3::integer is null or r.version = $3)
        order by r.version desc limit 1
        """)

    static let recipes = Statement(
        "library.recipes",
        """
        select distinct on (r.name) r.name, r.version, r.workflow, r.abstract, r.options
        from rundum.recipe r join rundum.tenant t on t.id = r.tenant_id
        where t.key = $1 order by r.name, r.version desc
        """)

    static let setDefault = Statement(
        "library.set-default",
        """
        insert into rundum.recipe_default (tenant_id, workflow, name, version)
        values (rundum.tenant_number($1), $2, $3, $4)
        on conflict (tenant_id, workflow) do update set name = excluded.name, version = excluded.version
        """)

    static let clearDefault = Statement(
        "library.clear-default",
        """
        delete from rundum.recipe_default d
        where d.workflow = $2 and d.tenant_id = (select t.id from rundum.tenant t where t.key = $1)
        """)

    static let defaults = Statement(
        "library.defaults",
        """
        select d.workflow, d.name, d.version
        from rundum.recipe_default d join rundum.tenant t on t.id = d.tenant_id where t.key = $1
        """)

    static let putBackground = Statement(
        "library.put-background",
        "select p.version, p.is_new from rundum.put_background($1, $2, decode($3, 'hex'), $4, $5, $6, $7) p")

    static let background = Statement(
        "library.background",
        """
        select b.name, b.version, encode(b.sha256, 'hex') as sha256, b.floor, b.light_x, b.width, b.height
        from rundum.background b join rundum.tenant t on t.id = b.tenant_id
        where t.key = $1 and b.name = $2 and ($3::integer is null or b.version = $3)
        order by b.version desc limit 1
        """)

    static let backgrounds = Statement(
        "library.backgrounds",
        """
        select distinct on (b.name) b.name, b.version, encode(b.sha256, 'hex') as sha256, b.floor, b.light_x, b.width,
            b.height
        from rundum.background b join rundum.tenant t on t.id = b.tenant_id
        where t.key = $1 order by b.name, b.version desc
        """)
}
